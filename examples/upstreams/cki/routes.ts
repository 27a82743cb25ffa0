import type { CkiData, CkiRecord } from './data.ts';

export interface CkiRoutesOptions {
  readonly token: string | null;
  readonly maxLimit: number;
  readonly defaultLimit: number;
  readonly linkHost: string;
}

export interface CkiAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const PREFIX = '/api/1';
const NOT_FOUND = '<!doctype html><html><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>';

/** Answers the paths of a DataWarehouse. */
export class CkiRoutes {
  readonly #data: CkiData;
  readonly #options: CkiRoutesOptions;

  constructor(data: CkiData, options: CkiRoutesOptions) {
    this.#data = data;
    this.#options = options;
  }

  answer(method: string, target: string, authorization: string | undefined): CkiAnswer {
    const url = new URL(target, 'http://here.invalid');
    const { token } = this.#options;
    const isMember = token !== null && authorization === `Token ${token}`;
    if (authorization !== undefined && !isMember) {
      const headers = { 'www-authenticate': 'Token' };
      return { ...json(401, { detail: 'Invalid token.' }), headers };
    }
    if (method !== 'GET') return json(405, { detail: `Method "${method}" not allowed.` });
    const [, root, kind, id, below, further, ...rest] = this.#partsOf(url.pathname);
    if (rest.length > 0 || root === undefined) return { status: 404, body: NOT_FOUND, headers: HTML };
    const list = (rows: readonly unknown[]) => this.#page(rows, url);
    if (root === 'issue' && below === undefined) {
      if (kind === undefined) return list(this.#data.issues);
      const issue = this.#data.issues.find((one) => String(one.id) === kind);
      return id !== undefined || issue === undefined ? absent('Issue', kind) : json(200, issue);
    }
    if (root !== 'kcidb') return { status: 404, body: NOT_FOUND, headers: HTML };
    const sees = (record: CkiRecord) => isMember || !this.#data.internal.has(record.id);
    if (kind === 'checkouts' && id === undefined) return list(this.#data.checkouts.filter(sees));
    const record = this.#find(kind, id);
    if (record === null || !sees(record)) return absent(`KCIDB${(kind ?? 'object').replace(/s$/, '')}`, id ?? '');
    if (below === undefined) return json(200, record);
    if (below === 'builds' && kind === 'checkouts') return list((this.#data.builds.get(record.id) ?? []).filter(sees));
    if (below === 'tests' && kind === 'builds') return list((this.#data.tests.get(record.id) ?? []).filter(sees));
    if (below === 'all' && kind === 'checkouts') return json(200, this.#whole(record, sees));
    if (below === 'issues') {
      const occurrences = this.#data.occurrences.filter((one) => Object.values(one).includes(record.id));
      return list(further === 'occurrences' ? occurrences : [...new Set(occurrences.map(({ issue }) => issue))]);
    }
    return { status: 404, body: NOT_FOUND, headers: HTML };
  }

  #partsOf(path: string): readonly string[] {
    if (!path.startsWith(`${PREFIX}/`)) return [];
    return [
      '',
      ...path
        .slice(PREFIX.length + 1)
        .split('/')
        .map(decodeURIComponent),
    ];
  }

  /** By its own id, or the number that the DataWarehouse gave it. */
  #find(kind: string | undefined, id: string | undefined): CkiRecord | null {
    const { checkouts, builds, tests } = this.#data;
    const fits = (record: CkiRecord) => record.id === id || String(numberOf(record)) === id;
    const lists = kind === 'checkouts' ? [checkouts] : kind === 'builds' ? builds.values() : tests.values();
    if (kind === undefined || id === undefined) return null;
    for (const records of lists) {
      const found = records.find(fits);
      if (found !== undefined) return found;
    }
    return null;
  }

  #whole(checkout: CkiRecord, sees: (record: CkiRecord) => boolean) {
    const builds = (this.#data.builds.get(checkout.id) ?? []).filter(sees);
    const tests = builds.flatMap(({ id }) => (this.#data.tests.get(id) ?? []).filter(sees));
    const ids = new Set([...builds, ...tests].map(({ id }) => id));
    const issueoccurrences = this.#data.occurrences.filter(
      ({ build_id, test_id }) => ids.has(build_id ?? '') || ids.has(test_id ?? ''),
    );
    const issues = [...new Set(issueoccurrences.map(({ issue }) => issue))];
    return { version: { major: 4, minor: 2 }, checkouts: [checkout], builds, tests, issues, issueoccurrences };
  }

  #page(rows: readonly unknown[], url: URL): CkiAnswer {
    const { maxLimit, defaultLimit, linkHost } = this.#options;
    const limit = Math.min(numberIn(url, 'limit') || defaultLimit, maxLimit);
    const offset = numberIn(url, 'offset');
    const link = (to: number) => `${linkHost}${url.pathname}?limit=${limit}${to > 0 ? `&offset=${to}` : ''}`;
    return json(200, {
      count: rows.length,
      next: offset + limit < rows.length ? link(offset + limit) : null,
      previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
      results: rows.slice(offset, offset + limit),
    });
  }
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };

function json(status: number, value: unknown): CkiAnswer {
  return { status, body: JSON.stringify(value) };
}

/** In both wordings of the framework, the older and the newer one. */
function absent(model: string, id: string): CkiAnswer {
  const detail = id.length % 2 === 0 ? 'Not found.' : `No ${model} matches the given query.`;
  return json(404, { detail });
}

function numberOf({ misc }: CkiRecord): unknown {
  return typeof misc === 'object' && misc !== null && 'iid' in misc ? misc.iid : undefined;
}

function numberIn(url: URL, name: string): number {
  const text = url.searchParams.get(name) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
