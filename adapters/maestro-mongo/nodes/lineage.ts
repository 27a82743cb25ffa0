import type { AdapterEnv, Call } from '../../adapter.ts';
import { BoundedCache } from '../../kit/bounded-cache.ts';
import { type MaxAge, maxAgeOf } from '../../kit/max-age.ts';
import type { NodeClient } from '../client.ts';
import type { PlacedTest } from '../translate/translate-test.ts';
import { faultOf, type MaestroNode } from './node.ts';
import { projectionAbove } from './projections.ts';

/** No tree is so deep; a circle of parents is. */
const MAX_DEPTH = 20;
/** What a node hands down counts as new for so long: requests go down level by level. */
const HANDED_DOWN_MS = 5_000;
const CACHED_NODES = 50_000;
const CACHED_BYTES = 64 * 1024 * 1024;

interface Cached {
  readonly node: MaestroNode;
  /** When what it hands down was read, on the monotonic clock; null where that was not fetched. */
  readonly readAt: number | null;
}

/**
 * What lies above nodes. Where a node stands never changes, so that it is kept, bounded: what was listed a moment ago costs
 * no request. A request goes up one level for all nodes at once.
 */
export class Lineage {
  readonly #client: NodeClient;
  readonly #maxAge: MaxAge;
  readonly #cache = new BoundedCache<Cached>({ maxEntries: CACHED_NODES, maxBytes: CACHED_BYTES, sizeOf });

  constructor(client: NodeClient, env: Pick<AdapterEnv, 'cacheTtl' | 'offline'>) {
    this.#client = client;
    this.#maxAge = maxAgeOf(HANDED_DOWN_MS, env);
  }

  /** Where the node stands, if that is known. */
  known(id: string): MaestroNode | null {
    return this.#cache.get(id)?.node ?? null;
  }

  /** The nodes of some ids and where they stand; those that are not known are fetched. */
  async find(ids: readonly string[], call: Call): Promise<readonly MaestroNode[]> {
    const unknown = ids.filter((id) => this.known(id) === null);
    this.keep(await this.#client.byIds(unknown, projectionAbove(false), call), false);
    return ids.flatMap((id) => this.known(id) ?? []);
  }

  /** @param isInherited what they hand down was fetched too */
  keep(nodes: Iterable<MaestroNode>, isInherited: boolean): void {
    for (const node of nodes) {
      const known = this.#cache.get(node.id);
      if (!isInherited && known !== undefined && ageOf(known) < HANDED_DOWN_MS) continue;
      this.#cache.set(node.id, { node, readAt: isInherited ? performance.now() : null });
    }
  }

  /** The tests with what lies above them. One above which nothing is built nor checked out is told, and left out. */
  async place(tests: readonly MaestroNode[], isInherited: boolean, call: Call): Promise<readonly PlacedTest[]> {
    const nodes = new Map<string, MaestroNode | null>(tests.map((node) => [node.id, node]));
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const wanted = new Set(tests.flatMap((test) => this.#missing(test, nodes, isInherited, call) ?? []));
      if (wanted.size === 0) break;
      const found = await this.#client.byIds([...wanted], projectionAbove(isInherited), call);
      for (const id of wanted) nodes.set(id, null);
      for (const node of found) nodes.set(node.id, node);
      this.keep(found, isInherited);
    }
    return tests.flatMap((test) => placed(test, nodes) ?? orphan(test, call));
  }

  /** The first node above a test that is not at hand. What the cache has of the way is taken from there. */
  #missing(test: MaestroNode, nodes: Map<string, MaestroNode | null>, isInherited: boolean, call: Call): string | null {
    let node = test;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      if (node.parent === null) return null;
      let above = nodes.get(node.parent);
      if (above === undefined) {
        const cached = this.#cache.get(node.parent);
        if (cached === undefined) return node.parent;
        if (isInherited && cached.node.entity === 'test') {
          if (ageOf(cached) >= this.#maxAge(call)) return node.parent;
          call.kept?.(ageOf(cached));
        }
        above = cached.node;
        nodes.set(node.parent, above);
      }
      if (above === null || above.entity !== 'test') return null;
      node = above;
    }
    return null;
  }
}

function placed(node: MaestroNode, nodes: ReadonlyMap<string, MaestroNode | null>): PlacedTest | null {
  const above: MaestroNode[] = [];
  let next = nodes.get(node.parent ?? '') ?? null;
  while (next !== null && next.entity === 'test') {
    if (above.length === MAX_DEPTH) return null;
    above.push(next);
    next = nodes.get(next.parent ?? '') ?? null;
  }
  return next === null ? null : { node, above, base: next };
}

function orphan({ id }: MaestroNode, { warn }: Call): readonly PlacedTest[] {
  warn(faultOf(id, 'hangs on no kbuild and no checkout that is there: it is left out'));
  return [];
}

function ageOf({ readAt }: Cached): number {
  return readAt === null ? Number.POSITIVE_INFINITY : performance.now() - readAt;
}

function sizeOf({ node }: Cached): number {
  const artifacts = node.artifacts === null ? 0 : JSON.stringify(node.artifacts).length;
  return 600 + 30 * node.path.length + artifacts;
}
