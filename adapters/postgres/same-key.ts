import type { Batch, Incoming } from './spool.ts';

/** The objects of one key that follow each other in a batch, in the document's order. */
export type SameKey = readonly [Incoming, ...Incoming[]];

export function groupByKey(batch: Batch): readonly SameKey[] {
  const groups: [Incoming, ...Incoming[]][] = [];
  for (const object of batch) {
    const group = groups.at(-1);
    if (group !== undefined && isSameKey(group[0], object)) group.push(object);
    else groups.push([object]);
  }
  return groups;
}

export function isSameKey(a: Incoming, b: Incoming): boolean {
  return a.id === b.id && a.version === b.version;
}
