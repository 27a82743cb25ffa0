import type { EntityName } from '../model.ts';
import { TABLES, type Table } from './columns.ts';
import type { Transaction } from './connection/transaction.ts';
import { type EntityCounts, EntityTally } from './entity-tally.ts';
import { insertNew } from './insert-new.ts';
import { lockIssues, markNewest } from './issue-versions.ts';
import { mergeStored } from './merge-stored.ts';
import { PlaceSet } from './place-set.ts';
import { groupByKey, isSameKey, type SameKey, wholeKeys } from './same-key.ts';
import type { Incoming, Spool } from './spool.ts';

/** Loads all objects of one entity: first those that are new, then what has to be merged into objects that are there. */
export async function loadEntity(
  transaction: Transaction,
  entity: EntityName,
  spool: Spool,
  signal: AbortSignal,
): Promise<EntityCounts> {
  if (entity === 'issue') await lockIssues(transaction, spool);
  const tally = new EntityTally();
  const rest = await addNew(transaction, TABLES[entity], spool, tally, signal);
  if (!rest.isEmpty) await mergeRest(transaction, TABLES[entity], spool, rest, tally, signal);
  if (entity === 'issue') await markNewest(transaction, spool);
  return tally.counts();
}

/** Gives the places, within the sorted objects, of what was not new. */
async function addNew(
  transaction: Transaction,
  table: Table,
  spool: Spool,
  tally: EntityTally,
  signal: AbortSignal,
): Promise<PlaceSet> {
  const rest = new PlaceSet();
  let place = 0;
  let last: { readonly object: Incoming; readonly isNew: boolean } | null = null;
  for await (const batch of wholeKeys(spool.batches(table.entity))) {
    signal.throwIfAborted();
    const groups = groupByKey(batch);
    // A key that began in the batch before was decided there; what else is said of it is merged.
    const continued: SameKey | null = continuing(groups, last?.object);
    if (continued !== null && last?.isNew === true) tally.addedInParts();
    const there = await insertNew(transaction, table, continued === null ? groups : groups.slice(1));
    for (const group of groups) {
      const isNew: boolean = group === continued ? false : !there.has(group);
      if (isNew) tally.added(group);
      else rest.addRange(place, group.length);
      place += group.length;
      last = { object: group[0], isNew };
    }
  }
  return rest;
}

async function mergeRest(
  transaction: Transaction,
  table: Table,
  spool: Spool,
  rest: PlaceSet,
  tally: EntityTally,
  signal: AbortSignal,
): Promise<void> {
  let place = 0;
  tally.beginMerging();
  for await (const batch of wholeKeys(spool.batches(table.entity))) {
    signal.throwIfAborted();
    const first = place;
    const groups = groupByKey(batch.filter((_, index) => rest.has(first + index)));
    const merged = await mergeStored(transaction, table, groups);
    for (const [group, { changed, holder }] of merged) tally.merged(group, changed, holder);
    place += batch.length;
  }
}

/** The first group, where it goes on with the key that came last. */
function continuing(groups: readonly SameKey[], last: Incoming | undefined): SameKey | null {
  const first = groups[0];
  return first !== undefined && last !== undefined && isSameKey(first[0], last) ? first : null;
}
