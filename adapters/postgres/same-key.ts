import type { Batch, Incoming } from './spool.ts';

/** How much is said of one object that is merged at once: as much as the object itself may hold. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

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

/**
 * Sorted batches, cut so that all that is said of one object is in one of them. An object is read, merged and written once
 * then, however often it is reported, and not anew for every batch. Only what is said beyond `MAX_CHARACTERS` is in a batch
 * of its own, so that the work stays linear in what is said.
 */
export async function* wholeKeys(batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  let held: Incoming[] = [];
  let characters = 0;
  for await (const batch of batches) {
    const last = batch.at(-1);
    if (last === undefined) continue;
    const start = batch.findIndex((object) => isSameKey(object, last));
    if (held[0] === undefined || !isSameKey(held[0], last)) {
      const whole = [...held, ...batch.slice(0, start)];
      if (whole.length > 0) yield whole;
      held = [];
      characters = 0;
    }
    for (const object of batch.slice(start)) {
      held.push(object);
      characters += object.text.length;
    }
    if (characters < MAX_CHARACTERS) continue;
    yield held;
    held = [];
    characters = 0;
  }
  if (held.length > 0) yield held;
}

export function isSameKey(a: Incoming, b: Incoming): boolean {
  return a.id === b.id && a.version === b.version;
}
