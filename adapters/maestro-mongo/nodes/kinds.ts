import type { Document } from 'bson';
import type { Filter } from 'mongodb';
import type { NodeEntity } from './node.ts';

/**
 * The nodes of each entity, for walks in the order of `_id`. Until December 2023 all nodes were of the kind `node`; which
 * of them are tests is seen when they are read.
 */
export const NODES_OF: Readonly<Record<NodeEntity, Filter<Document>>> = {
  checkout: { $or: [{ kind: 'checkout' }, { kind: 'node', name: 'checkout' }] },
  build: { $or: [{ kind: 'kbuild' }, { kind: 'node', name: { $regex: '^kbuild' } }] },
  test: { kind: { $in: ['job', 'test', 'process', 'node'] } },
};

/** The same below a parent, where few others lie. */
export const CHILD_KINDS: Readonly<Record<Exclude<NodeEntity, 'checkout'>, readonly string[]>> = {
  build: ['kbuild', 'node'],
  test: ['job', 'test', 'process', 'node'],
};
