import { idOf, isId } from '../kit/mongo/documents.ts';

/** What an id of this source names. */
export type ParsedId =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'dummy'; readonly checkout: string; readonly architecture: string | null };

const DUMMY = /^dummy_([0-9a-f]{24})(?:_([a-z0-9_]+))?$/;

/** The ids of one instance of Maestro: those that its own bridge to KCIDB gives. */
export class Ids {
  readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  ofNode(node: string): string {
    return `${this.origin}:${node}`;
  }

  /** The build that stands between a checkout and the tests that hang straight from it. */
  ofDummy(checkout: string, architecture: string | null): string {
    return this.ofNode(architecture === null ? `dummy_${checkout}` : `dummy_${checkout}_${architecture}`);
  }

  /** Null for an id that no object of this source can have. Hexadecimal digits have one spelling only. */
  parse(id: string): ParsedId | null {
    if (!id.startsWith(`${this.origin}:`)) return null;
    const local = id.slice(this.origin.length + 1);
    if (isId(local) && local === idOf(local)) return { kind: 'node', node: local };
    const [, checkout, architecture = null] = DUMMY.exec(local) ?? [];
    return checkout === undefined ? null : { kind: 'dummy', checkout, architecture };
  }

  /** The node that an id names; null where it names none. */
  nodeOf(id: string): string | null {
    const parsed = this.parse(id);
    return parsed?.kind === 'node' ? parsed.node : null;
  }
}

/** The architecture as the id of a dummy build can carry it. */
export function dummyArchitecture(architecture: string | null): string | null {
  return architecture !== null && /^[a-z0-9_]+$/.test(architecture) ? architecture : null;
}
