import type { Document, ObjectId } from 'bson';
import type { Filter } from 'mongodb';
import type { AdapterEnv, Call } from '../contract/adapter.ts';
import { SourceError } from '../contract/errors.ts';
import { BoundedCache, type MaxAge, maxAgeOf } from '../kit/cache.ts';
import { idAt, msOf } from '../kit/mongo/documents.ts';
import { type CollectionStats, eitherSpelling, MAX_NODES, type NodeClient } from './client.ts';
import { CHILD_KINDS, invalidNode, type MaestroNode, NODES_OF } from './node.ts';
import { projectionAbove, projectionOf } from './projections.ts';
import type { PlacedTest } from './translate-test.ts';

/** No tree is that deep: beyond it the parents form a cycle. */
const MAX_DEPTH = 20;
/** Inherited fields count as fresh for this time, because requests go down level by level. */
const HANDED_DOWN_MS = 5_000;
const CACHED_NODES = 50_000;
const CACHED_BYTES = 64 * 1024 * 1024;

interface Cached {
  readonly node: MaestroNode;
  /** When its inherited fields were read, on the monotonic clock; null if they were not. */
  readonly readAt: number | null;
}

/**
 * The ancestors of nodes. The place of a node never changes, so a bounded cache keeps it: nodes that were just listed
 * cost no request. A request reads one level for all nodes at once.
 */
export class Lineage {
  readonly #client: NodeClient;
  readonly #maxAge: MaxAge;
  readonly #cache = new BoundedCache<Cached>({ maxEntries: CACHED_NODES, maxBytes: CACHED_BYTES, sizeOf });

  constructor(client: NodeClient, env: Pick<AdapterEnv, 'cacheTtl' | 'offline'>) {
    this.#client = client;
    this.#maxAge = maxAgeOf(HANDED_DOWN_MS, env);
  }

  /** The cached node, for its place in the tree. */
  cached(id: string): MaestroNode | null {
    return this.#cache.get(id)?.node ?? null;
  }

  /** The nodes with these ids. Reads those that are not cached. */
  async find(ids: readonly string[], call: Call): Promise<readonly MaestroNode[]> {
    const unknown = ids.filter((id) => this.cached(id) === null);
    this.add(await this.#client.byIds(unknown, projectionAbove(false), call), false);
    return ids.flatMap((id) => this.cached(id) ?? []);
  }

  /** @param isInherited whether the fields that tests inherit were read too */
  add(nodes: Iterable<MaestroNode>, isInherited: boolean): void {
    for (const node of nodes) {
      const known = this.#cache.get(node.id);
      if (!isInherited && known !== undefined && ageOf(known) < HANDED_DOWN_MS) continue;
      this.#cache.set(node.id, { node, readAt: isInherited ? performance.now() : null });
    }
  }

  /** The tests with their ancestors. It omits tests without a kbuild or checkout above them and warns of them. */
  async place(tests: readonly MaestroNode[], isInherited: boolean, call: Call): Promise<readonly PlacedTest[]> {
    const nodes = new Map<string, MaestroNode | null>(tests.map((node) => [node.id, node]));
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const wanted = new Set(tests.flatMap((test) => this.#missing(test, nodes, isInherited, call) ?? []));
      if (wanted.size === 0) break;
      const found = await this.#client.byIds([...wanted], projectionAbove(isInherited), call);
      for (const id of wanted) nodes.set(id, null);
      for (const node of found) nodes.set(node.id, node);
      this.add(found, isInherited);
    }
    return tests.flatMap((test) => placed(test, nodes) ?? orphan(test, call));
  }

  /** The first missing ancestor of a test. Adds the ancestors that are cached to `nodes`. */
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
  warn(invalidNode(id, 'hangs on no kbuild and no checkout that is there: it is left out'));
  return [];
}

function ageOf({ readAt }: Cached): number {
  return readAt === null ? Number.POSITIVE_INFINITY : performance.now() - readAt;
}

function sizeOf({ node }: Cached): number {
  const artifacts = node.artifacts === null ? 0 : JSON.stringify(node.artifacts).length;
  return 600 + 30 * node.path.length + artifacts;
}

export interface NodesBelow {
  readonly nodes: readonly MaestroNode[];
  /** There are more nodes than one read may return. */
  readonly isCut: boolean;
}

/** How to read descendants. */
export interface DescendantOptions {
  readonly stats: CollectionStats;
  /** The entity that the fields are of. */
  readonly entity: 'build' | 'test';
  readonly fields: ReadonlySet<string>;
  readonly order: 1 | -1;
  readonly call: Call;
}

const MAX_LEVELS = 12;
const NO_NODES: NodesBelow = { nodes: [], isCut: false };

/** Reads the descendants of nodes. */
export class Descendants {
  readonly #client: NodeClient;
  readonly #lineage: Lineage;
  readonly #lifetimeMs: number;

  constructor(client: NodeClient, lineage: Lineage, lifetimeMs: number) {
    this.#client = client;
    this.#lineage = lineage;
    this.#lifetimeMs = lifetimeMs;
  }

  /** The kbuilds directly below checkouts. */
  async builds(checkouts: readonly string[], options: DescendantOptions): Promise<NodesBelow> {
    if (checkouts.length === 0) return { nodes: [], isCut: false };
    return await this.#children('build', checkouts, MAX_NODES, options);
  }

  /**
   * All tests below kbuilds, and those directly below checkouts: in one read by the tree's id and the path, if these
   * are known and the read is bounded; otherwise level by level.
   */
  async tests(bases: readonly string[], options: DescendantOptions): Promise<NodesBelow> {
    const { inTrees, others } = await this.#byTree(bases, options);
    const [one, other] = await Promise.all([
      this.#atPlaces(
        inTrees.map(({ id }) => id),
        inTrees.map(placeBelow),
        options,
      ),
      this.#testsLevelByLevel(others, options),
    ]);
    return { nodes: [...one.nodes, ...other.nodes], isCut: one.isCut || other.isCut };
  }

  /** The kbuilds below checkouts and the tests directly below these, also in one read where possible. */
  async belowCheckouts(checkouts: readonly string[], options: DescendantOptions): Promise<NodesBelow> {
    const { inTrees, others } = await this.#byTree(checkouts, options);
    const parent = { $in: eitherSpelling(inTrees.map(({ id }) => id)) };
    const places = [
      ...inTrees.map((node) => ({
        treeid: node.tree,
        $or: [{ parent, kind: { $in: CHILD_KINDS.build } }, placeBelow(node)],
      })),
      ...(others.length === 0 ? [] : [this.#straightBelow(['build', 'test'], others, options)]),
    ];
    const one = await this.#atPlaces([...inTrees.map(({ id }) => id), ...others], places, options);
    const isOther = new Set(others);
    const hanging = one.nodes.filter((node) => node.entity === 'test' && isOther.has(node.parent ?? ''));
    const deeper = await this.#testsLevelByLevel(
      hanging.map(({ id }) => id),
      options,
    );
    return { nodes: [...one.nodes, ...deeper.nodes], isCut: one.isCut || deeper.isCut };
  }

  /**
   * The id from which on checkouts can have descendants: all below a checkout is created within the lifetime, so older
   * ones cannot be above the oldest kbuild or test. Null if there is neither.
   */
  async firstCheckout(call: Call): Promise<ObjectId | null> {
    const first = await this.#client.first({ $or: [NODES_OF.build, NODES_OF.test] }, call);
    return first === null ? null : idAt(msOf(first) - this.#lifetimeMs);
  }

  /** Splits ids of kbuilds and checkouts: the nodes to read by tree, and the ids of the others. */
  async #byTree(bases: readonly string[], { stats, call }: DescendantOptions) {
    const nodes = (await this.#lineage.find(bases, call)).filter(({ entity }) => entity !== 'test');
    const isByTree = stats.isSmall || stats.indexed.has('treeid') || !stats.indexed.has('parent');
    const inTrees = nodes.filter(({ tree }) => isByTree && tree !== null);
    return { inTrees, others: nodes.filter((node) => !inTrees.includes(node)).map(({ id }) => id) };
  }

  async #testsLevelByLevel(parents: readonly string[], options: DescendantOptions): Promise<NodesBelow> {
    const seen = new Map<string, MaestroNode>();
    let frontier = parents;
    for (let level = 0; level < MAX_LEVELS && frontier.length > 0; level++) {
      const { nodes, isCut } = await this.#children('test', frontier, MAX_NODES - seen.size, options);
      const added = nodes.filter(({ id, entity }) => entity === 'test' && !seen.has(id) && !parents.includes(id));
      for (const node of added) seen.set(node.id, node);
      if (isCut || seen.size >= MAX_NODES) return { nodes: [...seen.values()], isCut: true };
      frontier = added.map(({ id }) => id);
    }
    return { nodes: [...seen.values()], isCut: false };
  }

  /** Reads the nodes at these places in trees. */
  async #atPlaces(
    bases: readonly string[],
    places: readonly Filter<Document>[],
    { stats, entity, fields, order, call }: DescendantOptions,
  ): Promise<NodesBelow> {
    if (bases.length === 0) return NO_NODES;
    const isFound = stats.isSmall || stats.indexed.has('treeid');
    const filter: Filter<Document> = {
      $and: [{ $or: withoutRepeats(places) }, ...(isFound ? [] : [windowsBelow(bases, this.#lifetimeMs)])],
    };
    const query = { projection: projectionOf(entity, fields), sort: { _id: order }, limit: MAX_NODES };
    const read = await this.#client.find(filter, query, call);
    if (read.isCut) return { nodes: read.nodes, isCut: true };
    // Omit descendants of other nodes with the same name, such as retried kbuilds.
    const above = basesOf(read.nodes, new Set(bases));
    return { nodes: read.nodes.filter(({ id }) => above.has(id)), isCut: false };
  }

  async #children(
    kind: 'build' | 'test',
    parents: readonly string[],
    limit: number,
    options: DescendantOptions,
  ): Promise<NodesBelow> {
    const { entity, fields, order, call } = options;
    const query = { projection: projectionOf(entity, fields), sort: { _id: order }, limit };
    return await this.#client.find(this.#straightBelow([kind], parents, options), query, call);
  }

  #straightBelow(
    kinds: readonly ('build' | 'test')[],
    parents: readonly string[],
    { stats }: DescendantOptions,
  ): Filter<Document> {
    const isFound = stats.isSmall || stats.indexed.has('parent');
    return {
      parent: { $in: eitherSpelling(parents) },
      kind: { $in: [...new Set(kinds.flatMap((kind) => CHILD_KINDS[kind]))] },
      ...(isFound ? {} : windowsBelow(parents, this.#lifetimeMs)),
    };
  }
}

/** The base of each node, if all nodes between them are given. */
export function basesOf(nodes: readonly MaestroNode[], bases: ReadonlySet<string>): ReadonlyMap<string, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Map<string, string>();
  for (const node of nodes) {
    let above: string | null = node.parent;
    for (let level = 0; level < MAX_LEVELS && above !== null; level++) {
      if (bases.has(above)) {
        found.set(node.id, above);
        break;
      }
      above = byId.get(above)?.parent ?? null;
    }
  }
  return found;
}

/** A condition for the tests of a kbuild in its tree, or for the tests of a checkout that are below no kbuild. */
function placeBelow({ entity, tree, path }: MaestroNode): Filter<Document> {
  const name = entity === 'build' ? (path.at(-1) ?? '') : { $exists: true, $not: { $regex: '^kbuild' } };
  const at = entity === 'build' ? path.length - 1 : path.length;
  return { treeid: tree, kind: { $in: CHILD_KINDS.test }, [`path.${at}`]: name };
}

/** Bases with the same name and tree have the same place. */
function withoutRepeats(places: readonly Filter<Document>[]): Filter<Document>[] {
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}

/** The warning that one read cannot return all descendants. */
export function tooManyBelow(): SourceError {
  const message = `More than ${MAX_NODES} nodes lie below what was asked for: not all of them are given.`;
  return new SourceError('SOURCE_TRUNCATED', message);
}

/** More than the clocks of the machines that create ids differ. */
const EARLIER_MS = 3_600_000;

/**
 * The ranges of `_id` that contain all descendants of some nodes: a descendant is not older than the node, nor much
 * younger. Overlapping ranges are merged.
 */
function windowsBelow(ids: readonly string[], lifetimeMs: number): Filter<Document> {
  const ranges: { from: number; to: number }[] = [];
  const starts = ids.map(msOf).toSorted((one, other) => one - other);
  for (const start of starts) {
    const range = { from: start - EARLIER_MS, to: start + lifetimeMs };
    const last = ranges.at(-1);
    if (last !== undefined && range.from <= last.to) last.to = range.to;
    else ranges.push(range);
  }
  return { $or: ranges.map(({ from, to }) => ({ _id: { $gte: idAt(from), $lt: idAt(to) } })) };
}
