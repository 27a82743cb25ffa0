import type { Call, Order } from '../../adapter.ts';
import { wholeHashes } from '../checkouts/commits.ts';
import { MAX_NODES, type Shape } from '../client.ts';
import { type Asking, tooMany } from '../nodes/descendants.ts';
import { NODES_OF } from '../nodes/kinds.ts';
import type { NodeEntity } from '../nodes/node.ts';
import { projectionOf } from '../nodes/projections.ts';
import { placeholders } from './placeholders.ts';
import type { MaestroSource } from './source.ts';
import { type Candidate, candidates } from './translate-nodes.ts';

/** All that lies below some parents. */
export interface Children<E extends NodeEntity> {
  readonly byParent: ReadonlyMap<string, readonly Candidate<E>[]>;
  /** Some are not known yet: said to `call.warn`. */
  readonly isFilling: boolean;
  /** There are more than one read gives: said to `call.warn`. */
  readonly isCut: boolean;
}

/** How children are asked for: of at most so many parents as one read takes. */
export type AskChildren<E extends NodeEntity> = (
  parents: readonly string[],
  order: Order,
  source: MaestroSource,
  call: Call,
) => Promise<Children<E>>;

export const checkoutsOfRevisions: AskChildren<'checkout'> = async (parents, order, source, call) => {
  const hashes = wholeHashes(parents);
  if (hashes.length === 0) return NOTHING;
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
  if (read.isCut) call.warn(tooMany());
  const byHash = Map.groupBy(await candidates('checkout', read.nodes, source, call), ({ parent }) => parent);
  const byParent = new Map(parents.map((parent) => [parent, byHash.get(parent.toLowerCase()) ?? []]));
  return { byParent, isFilling: isPartial, isCut: read.isCut };
};

/** With the placeholders, on which tests of other sources may hang too. */
export const buildsOfCheckouts: AskChildren<'build'> = async (parents, order, source, call) => {
  const nodes = parents.flatMap((parent) => source.translation.ids.nodeOf(parent) ?? []);
  if (nodes.length === 0) return NOTHING;
  const asking = askingOf('build', await source.shapes.shape(call), order, call);
  const read = await source.descendants.belowCheckouts(nodes, asking);
  if (read.isCut) call.warn(tooMany());
  const checkouts = (await source.lineage.find(nodes, call)).filter(({ entity }) => entity === 'checkout');
  const tests = read.nodes.filter(({ entity }) => entity === 'test');
  const found = [
    ...(await candidates('build', read.nodes, source, call)),
    ...placeholders(checkouts, tests, source, call),
  ];
  return { byParent: Map.groupBy(found, ({ parent }) => parent), isFilling: false, isCut: read.isCut };
};

/** Without the placeholders, which nobody built. */
export const kbuildsOfCheckouts: AskChildren<'build'> = async (parents, order, source, call) => {
  const checkouts = parents.flatMap((parent) => source.translation.ids.nodeOf(parent) ?? []);
  if (checkouts.length === 0) return NOTHING;
  const asking = askingOf('build', await source.shapes.shape(call), order, call);
  const read = await source.descendants.builds(checkouts, asking);
  if (read.isCut) call.warn(tooMany());
  const found = await candidates('build', read.nodes, source, call);
  return { byParent: Map.groupBy(found, ({ parent }) => parent), isFilling: false, isCut: read.isCut };
};

export const testsOfBuilds: AskChildren<'test'> = async (parents, order, source, call) => {
  const parsed = parents.flatMap((parent) => source.translation.ids.parse(parent) ?? []);
  const bases = [...new Set(parsed.map((id) => (id.kind === 'node' ? id.node : id.checkout)))];
  if (bases.length === 0) return NOTHING;
  const asking = askingOf('test', await source.shapes.shape(call), order, call);
  const { nodes, isCut } = await source.descendants.tests(bases, asking);
  if (isCut) call.warn(tooMany());
  const found = await candidates('test', nodes, source, call);
  return { byParent: Map.groupBy(found, ({ parent }) => parent), isFilling: false, isCut };
};

const NOTHING = { byParent: new Map<string, never[]>(), isFilling: false, isCut: false };

function askingOf(entity: 'build' | 'test', shape: Shape, order: Order, call: Call): Asking {
  return { shape, entity, fields: call.fields, order: directionOf(order), call };
}

function directionOf(order: Order): 1 | -1 {
  return order === 'NEWEST' ? -1 : 1;
}
