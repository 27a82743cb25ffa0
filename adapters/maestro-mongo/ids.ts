import { idOf, isId } from '../kit/mongo/documents.ts';

/** A parsed id of this source. */
export type ParsedId =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'dummy'; readonly checkout: string; readonly architecture: string | null };

const DUMMY = /^dummy_([0-9a-f]{24})(?:_([a-z0-9_]+))?$/;

/** The ids of one instance of Maestro, the same as those of its own bridge to KCIDB. */
export class Ids {
  readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  ofNode(node: string): string {
    return `${this.origin}:${node}`;
  }

  /** The dummy build between a checkout and the tests directly below it. */
  ofDummy(checkout: string, architecture: string | null): string {
    return this.ofNode(architecture === null ? `dummy_${checkout}` : `dummy_${checkout}_${architecture}`);
  }

  /** Null for an id that no object of this source can have. Hexadecimal digits must be lower case. */
  parse(id: string): ParsedId | null {
    if (!id.startsWith(`${this.origin}:`)) return null;
    const local = id.slice(this.origin.length + 1);
    if (isId(local) && local === idOf(local)) return { kind: 'node', node: local };
    const [, checkout, architecture = null] = DUMMY.exec(local) ?? [];
    return checkout === undefined ? null : { kind: 'dummy', checkout, architecture };
  }

  /** The node of an id, or null. */
  nodeOf(id: string): string | null {
    const parsed = this.parse(id);
    return parsed?.kind === 'node' ? parsed.node : null;
  }
}

/** The architecture as part of a dummy build's id, or null if an id cannot contain it. */
export function dummyArchitecture(architecture: string | null): string | null {
  return architecture !== null && /^[a-z0-9_]+$/.test(architecture) ? architecture : null;
}
