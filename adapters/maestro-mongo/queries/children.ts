import type { Call, Order, Page, PageQuery } from '../../contract/adapter.ts';
import { SourceError } from '../../contract/errors.ts';
import { type Filter, matches } from '../../contract/filter.ts';
import type { Entities, EntityName, Status, StatusCounts } from '../../contract/model.ts';
import { comparePlaces } from '../../contract/positions.ts';
import { wholeHashes } from '../checkout-index.ts';
import { type CollectionStats, MAX_NODES, MAX_PARENTS } from '../client.ts';
import { NODES_OF, type NodeEntity } from '../node.ts';
import { pickFields, projectionOf, withFilterFields } from '../projections.ts';
import { type DescendantOptions, tooManyBelow } from '../tree.ts';
import { type Candidate, candidates, type MaestroSource, placeholders, translateUntil } from './candidates.ts';

type Query<E extends NodeEntity> = Pick<PageQuery<E>, 'where' | 'order' | 'first' | 'after'>;

/** Pages and counts of the children of a relation. */
export class Relation<E extends NodeEntity> {
  readonly #entity: E;
  readonly #read: ReadChildren<E>;
  readonly #readCounted: ReadChildren<E>;

  /** @param readCounted reads the children to count, if it is not all of them */
  constructor(entity: E, read: ReadChildren<E>, readCounted: ReadChildren<E> = read) {
    this.#entity = entity;
    this.#read = read;
    this.#readCounted = readCounted;
  }

  async pages(
    parents: readonly string[],
    query: Query<E>,
    source: MaestroSource,
    call: Call,
  ): Promise<Map<string, Page<Entities[E]>>> {
    const pages = new Map<string, Page<Entities[E]>>();
    const readCall = { ...call, fields: withFilterFields(call.fields, query.where) };
    const chunks = chunksOf(parents).map(async (chunk) => {
      const { byParent, isFilling } = await this.#read(chunk, query.order, source, readCall);
      for (const parent of chunk)
        pages.set(parent, await this.#page(byParent.get(parent) ?? [], query, isFilling, call));
    });
    await Promise.all(chunks);
    return pages;
  }

  async counts(
    parents: readonly string[],
    where: Filter<E> | null,
    source: MaestroSource,
    call: Call,
  ): Promise<ReadonlyMap<string, StatusCounts | SourceError>> {
    const counts = new Map<string, StatusCounts | SourceError>();
    const readCall = { ...call, fields: withFilterFields(new Set(['status']), where) };
    const chunks = chunksOf(parents).map(async (chunk) => {
      const { byParent, isFilling, isCut } = await this.#readCounted(chunk, 'NEWEST', source, readCall);
      for (const parent of chunk) {
        const children = await translateUntil(byParent.get(parent) ?? [], MAX_NODES, this.#matches(where));
        if (isFilling || isCut) counts.set(parent, uncounted());
        else if (children.length > 0) counts.set(parent, countStatuses(children.map(({ object }) => object)));
      }
    });
    await Promise.all(chunks);
    return counts;
  }

  /** Translates only the children that the page needs. */
  async #page(
    children: readonly Candidate<E>[],
    { where, order, first, after }: Query<E>,
    isFilling: boolean,
    { fields }: Call,
  ): Promise<Page<Entities[E]>> {
    const behind = children
      .map((candidate) => ({ ...candidate, time: candidate.node.created, tie: candidate.id }))
      .filter((one) => after === null || comparePlaces(order, one, after) > 0)
      .toSorted((one, other) => comparePlaces(order, one, other));
    const found = await translateUntil(behind, first + 1, this.#matches(where));
    const items = found.slice(0, first).map(({ node, object }) => ({
      object: pickFields<E>(object, fields),
      time: node.created,
      tie: object.id,
    }));
    return { items, hasMore: isFilling || found.length > first, ...(isFilling && { pending: true as const }) };
  }

  #matches(where: Filter<E> | null): (object: Entities[E]) => boolean {
    return (object) => matches(this.#entity, object, where) === true;
  }
}

function chunksOf(parents: readonly string[]): readonly (readonly string[])[] {
  const unique = [...new Set(parents)];
  const count = Math.ceil(unique.length / MAX_PARENTS);
  return Array.from({ length: count }, (_, index) => unique.slice(index * MAX_PARENTS, (index + 1) * MAX_PARENTS));
}

function uncounted(): SourceError {
  const message = `More lie below than are known yet, or than one read gives (${MAX_NODES} nodes): they are not counted.`;
  return new SourceError('SOURCE_TRUNCATED', message);
}

/** All children of some parents. */
export interface Children<E extends NodeEntity> {
  readonly byParent: ReadonlyMap<string, readonly Candidate<E>[]>;
  /** Some are not known yet; `call.warn` has been called. */
  readonly isFilling: boolean;
  /** There are more than one read returns; `call.warn` has been called. */
  readonly isCut: boolean;
}

/** Reads the children of at most `MAX_PARENTS` parents. */
export type ReadChildren<E extends NodeEntity> = (
  parents: readonly string[],
  order: Order,
  source: MaestroSource,
  call: Call,
) => Promise<Children<E>>;

export const checkoutsOfRevisions: ReadChildren<'checkout'> = async (parents, order, source, call) => {
  const hashes = wholeHashes(parents);
  if (hashes.length === 0) return NO_CHILDREN;
  const { filter, isPartial, isById } = await source.byCommit.query({ hashes }, call);
  const read = await source.client.find(
    { $and: [NODES_OF.checkout, filter] },
    {
      projection: projectionOf('checkout', call.fields),
      sort: { _id: directionOf(order) },
      limit: MAX_NODES,
      ...(isById ? { hint: { _id: 1 } } : {}),
    },
    call,
  );
  if (read.isCut) call.warn(tooManyBelow());
  const byHash = Map.groupBy(await candidates('checkout', read.nodes, source, call), ({ parent }) => parent);
  const byParent = new Map(parents.map((parent) => [parent, byHash.get(parent.toLowerCase()) ?? []]));
  return { byParent, isFilling: isPartial, isCut: read.isCut };
};

/** Includes placeholders, because they can have tests in other sources too. */
export const buildsOfCheckouts: ReadChildren<'build'> = async (parents, order, source, call) => {
  const nodes = parents.flatMap((parent) => source.translation.ids.nodeOf(parent) ?? []);
  if (nodes.length === 0) return NO_CHILDREN;
  const options = descendantOptions('build', await source.stats.get(call), order, call);
  const read = await source.descendants.belowCheckouts(nodes, options);
  if (read.isCut) call.warn(tooManyBelow());
  const checkouts = (await source.lineage.find(nodes, call)).filter(({ entity }) => entity === 'checkout');
  const tests = read.nodes.filter(({ entity }) => entity === 'test');
  const found = [
    ...(await candidates('build', read.nodes, source, call)),
    ...placeholders(checkouts, tests, source, call),
  ];
  return { byParent: Map.groupBy(found, ({ parent }) => parent), isFilling: false, isCut: read.isCut };
};

/** Excludes placeholders, which are not real builds. */
export const kbuildsOfCheckouts: ReadChildren<'build'> = async (parents, order, source, call) => {
  const checkouts = parents.flatMap((parent) => source.translation.ids.nodeOf(parent) ?? []);
  if (checkouts.length === 0) return NO_CHILDREN;
  const options = descendantOptions('build', await source.stats.get(call), order, call);
  const read = await source.descendants.builds(checkouts, options);
  if (read.isCut) call.warn(tooManyBelow());
  const found = await candidates('build', read.nodes, source, call);
  return { byParent: Map.groupBy(found, ({ parent }) => parent), isFilling: false, isCut: read.isCut };
};

export const testsOfBuilds: ReadChildren<'test'> = async (parents, order, source, call) => {
  const parsed = parents.flatMap((parent) => source.translation.ids.parse(parent) ?? []);
  const bases = [...new Set(parsed.map((id) => (id.kind === 'node' ? id.node : id.checkout)))];
  if (bases.length === 0) return NO_CHILDREN;
  const options = descendantOptions('test', await source.stats.get(call), order, call);
  const { nodes, isCut } = await source.descendants.tests(bases, options);
  if (isCut) call.warn(tooManyBelow());
  const found = await candidates('test', nodes, source, call);
  return { byParent: Map.groupBy(found, ({ parent }) => parent), isFilling: false, isCut };
};

const NO_CHILDREN = { byParent: new Map<string, never[]>(), isFilling: false, isCut: false };

function descendantOptions(
  entity: 'build' | 'test',
  stats: CollectionStats,
  order: Order,
  call: Call,
): DescendantOptions {
  return { stats, entity, fields: call.fields, order: directionOf(order), call };
}

function directionOf(order: Order): 1 | -1 {
  return order === 'NEWEST' ? -1 : 1;
}

const NAMES: Readonly<Record<Status, Exclude<keyof StatusCounts, 'none' | 'total'>>> = {
  FAIL: 'fail',
  ERROR: 'error',
  MISS: 'miss',
  PASS: 'pass',
  DONE: 'done',
  SKIP: 'skip',
};

/** Counts by status. Entities without a status add to the total only. */
function countStatuses(objects: readonly Entities[EntityName][]): StatusCounts {
  const counts = { pass: 0, fail: 0, error: 0, miss: 0, done: 0, skip: 0, none: 0, total: objects.length };
  for (const object of objects) {
    if ('status' in object) counts[object.status === null ? 'none' : NAMES[object.status]] += 1;
  }
  return counts;
}
