import type { Call, Order } from '../../adapter.ts';
import { wholeHashes } from '../checkouts/commits.ts';
import { MAX_NODES } from '../client.ts';
import { tooMany } from '../nodes/descendants.ts';
import { NODES_OF } from '../nodes/kinds.ts';
import type { NodeEntity } from '../nodes/node.ts';
import { projectionOf } from '../nodes/projections.ts';
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

export const buildsOfCheckouts: AskChildren<'build'> = async (parents, order, source, call) => {
  const { ids } = source.translation;
  const checkouts = parents.flatMap((parent) => ids.nodeOf(parent) ?? []);
  const shape = await source.shapes.shape(call);
  const read = await source.descendants.builds(checkouts, askingOf(shape, order, call));
  if (read.isCut) call.warn(tooMany());
  const found = await candidates('build', read.nodes, source, call);
  return { byParent: Map.groupBy(found, ({ parent }) => parent), isFilling: false, isCut: read.isCut };
};

export const testsOfBuilds: AskChildren<'test'> = async (parents, order, source, call) => {
  const parsed = parents.flatMap((parent) => source.translation.ids.parse(parent) ?? []);
  const builds = parsed.flatMap((id) => (id.kind === 'node' ? [id.node] : []));
  const checkouts = [...new Set(parsed.flatMap((id) => (id.kind === 'dummy' ? [id.checkout] : [])))];
  if (parsed.length === 0) return NOTHING;
  const asking = askingOf(await source.shapes.shape(call), order, call);
  const [ofBuilds, ofCheckouts] = await Promise.all([
    source.descendants.testsOfBuilds(builds, asking),
    source.descendants.testsLevelByLevel(checkouts, asking),
  ]);
  const isCut = ofBuilds.isCut || ofCheckouts.isCut;
  if (isCut) call.warn(tooMany());
  const found = await candidates('test', [...ofBuilds.nodes, ...ofCheckouts.nodes], source, call);
  return { byParent: Map.groupBy(found, ({ parent }) => parent), isFilling: false, isCut };
};

const NOTHING = { byParent: new Map<string, never[]>(), isFilling: false, isCut: false };

type Shape = Awaited<ReturnType<MaestroSource['shapes']['shape']>>;

function askingOf(shape: Shape, order: Order, call: Call) {
  return { shape, fields: call.fields, order: directionOf(order), call };
}

function directionOf(order: Order): 1 | -1 {
  return order === 'NEWEST' ? -1 : 1;
}
