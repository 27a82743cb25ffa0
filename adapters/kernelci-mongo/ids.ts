/** The configured parts of ids. */
export interface Naming {
  readonly origin: string;
  readonly namespace: string;
}

/** A document that is shown as a test. */
export interface TestKey {
  readonly collection: 'test_case' | 'boot';
  /** The `_id`, 24 hexadecimal digits. */
  readonly hex: string;
}

/** An incident is one entry of one document of `test_regression`. */
export interface IncidentKey {
  readonly document: string;
  readonly testCase: string;
}

const HEX = /^[0-9a-f]{24}$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Builds and parses the ids that the system's own reports to KCIDB use. Ids of other sources parse to null. */
export class Ids {
  readonly origin: string;
  readonly #object: string;
  readonly #checkout: string;
  readonly #regression: string;

  constructor({ origin, namespace }: Naming) {
    this.origin = origin;
    this.#object = `${origin}:${namespace}:`;
    this.#checkout = `_:${origin}:`;
    this.#regression = `${origin}:regression:`;
  }

  /** The ids that this source can hold. */
  get keys() {
    const hex = '[0-9a-f]{24}';
    const origins = [this.origin];
    return {
      checkout: { origins: ['_'], pattern: `^${literal(this.#checkout)}[0-9a-f]{40}$` },
      build: { origins, pattern: `^${literal(this.#object)}${hex}$` },
      test: { origins, pattern: `^${literal(this.#object)}(boot:)?${hex}$` },
      issue: { origins, pattern: `^${literal(this.#regression)}${hex}$` },
      incident: { origins, pattern: `^${literal(this.#regression)}${hex}:${hex}$` },
    } as const;
  }

  checkout(commit: string): string {
    return this.#checkout + commit;
  }

  commitOf(id: string): string | null {
    return rest(id, this.#checkout, COMMIT);
  }

  build(hex: string): string {
    return this.#object + hex;
  }

  buildOf(id: string): string | null {
    return rest(id, this.#object, HEX);
  }

  /** The prefix of the ids of a collection's tests; the `_id` follows. */
  testPrefix(collection: TestKey['collection']): string {
    return collection === 'boot' ? `${this.#object}boot:` : this.#object;
  }

  test({ collection, hex }: TestKey): string {
    return this.testPrefix(collection) + hex;
  }

  testOf(id: string): TestKey | null {
    for (const collection of ['test_case', 'boot'] as const) {
      const hex = rest(id, this.testPrefix(collection), HEX);
      if (hex !== null) return { collection, hex };
    }
    return null;
  }

  issue(document: string): string {
    return this.#regression + document;
  }

  /** Parses `ID` and `VERSION@ID`. The only version is 1. */
  issueOf(key: string): string | null {
    const match = /^(\d{1,16})@(.*)$/s.exec(key);
    if (match !== null && Number(match[1]) !== ISSUE_VERSION) return null;
    return rest(match?.[2] ?? key, this.#regression, HEX);
  }

  incident({ document, testCase }: IncidentKey): string {
    return `${this.#regression}${document}:${testCase}`;
  }

  incidentOf(id: string): IncidentKey | null {
    const [document, testCase] = id.startsWith(this.#regression) ? id.slice(this.#regression.length).split(':', 3) : [];
    if (document === undefined || testCase === undefined || !HEX.test(document) || !HEX.test(testCase)) return null;
    return this.incident({ document, testCase }) === id ? { document, testCase } : null;
  }
}

/** The first document of a regression never changes. */
export const ISSUE_VERSION = 1;

/** A full commit hash in lower case, or null. */
export function commitOf(value: unknown): string | null {
  const commit = typeof value === 'string' ? value.toLowerCase() : '';
  return COMMIT.test(commit) ? commit : null;
}

function rest(id: string, prefix: string, pattern: RegExp): string | null {
  if (!id.startsWith(prefix)) return null;
  const end = id.slice(prefix.length);
  return pattern.test(end) ? end : null;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
