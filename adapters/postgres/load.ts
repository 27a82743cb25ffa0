import type { Loaded, StoredObject, Submitter } from '../adapter.ts';
import type { EntityName } from '../model.ts';
import { LOAD_ORDER } from './columns.ts';
import type { Transaction } from './connection/transaction.ts';
import type { EntityCounts } from './entity-tally.ts';
import { checkKeyLengths } from './key-limits.ts';
import { loadEntity } from './load-entity.ts';
import { keepProcessed } from './receipts.ts';
import { Slices } from './slices.ts';
import { MemorySpool, type Spool } from './spool.ts';
import { StagedSpool } from './staged-spool.ts';
import { toRow } from './to-row.ts';

/**
 * Loads a document in one transaction, with its receipt; nothing of it where anything fails.
 *
 * Deadlocks cannot arise: every transaction takes its locks in one order, table by table; within a table first the new
 * rows by key (an insert waits for whoever inserts the same key), then the rows that were there by key. No purge runs
 * meanwhile, so no row goes from the second kind to the first.
 */
export async function load(
  transaction: Transaction,
  objects: AsyncIterable<StoredObject>,
  by: Submitter,
  signal: AbortSignal,
): Promise<Loaded> {
  try {
    const spool = await collect(transaction, objects, signal);
    const counts = new Map<EntityName, EntityCounts>();
    for (const entity of LOAD_ORDER) counts.set(entity, await loadEntity(transaction, entity, spool, signal));
    await keepProcessed(transaction, by);
    signal.throwIfAborted();
    await transaction.commit();
    return loaded(counts);
  } finally {
    await transaction.rollback();
  }
}

function loaded(entities: ReadonlyMap<EntityName, EntityCounts>): Loaded {
  const of = (entity: EntityName) => entities.get(entity)?.counts ?? { added: 0, changed: 0, unchanged: 0 };
  const foreign = [...entities.values()].flatMap(({ firstForeign }) => firstForeign ?? []);
  return {
    checkout: of('checkout'),
    build: of('build'),
    test: of('test'),
    issue: of('issue'),
    incident: of('incident'),
    conflicts: [...entities.values()].reduce((sum, { foreign }) => sum + foreign, 0),
    firstConflict: foreign.sort((a, b) => a.place - b.place)[0]?.id ?? null,
  };
}

async function collect(
  transaction: Transaction,
  objects: AsyncIterable<StoredObject>,
  signal: AbortSignal,
): Promise<Spool> {
  const memory = new MemorySpool();
  let spool: Spool = memory;
  const slices = new Slices();
  let place = 0;
  for await (const stored of objects) {
    const row = toRow(stored);
    checkKeyLengths(row);
    const version = stored.entity === 'issue' ? stored.object.version : 0;
    if (spool === memory && memory.isFull) spool = await StagedSpool.begin(transaction, memory.drain());
    const { id, origin } = stored.object;
    await spool.add(stored.entity, { id, version, origin, place, text: JSON.stringify(row) });
    place += 1;
    if (!slices.isOver) continue;
    await slices.giveWay();
    signal.throwIfAborted();
  }
  return spool;
}
