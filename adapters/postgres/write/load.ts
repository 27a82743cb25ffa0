import type { LoadCounts, Loaded, StoredObject, Submitter } from '../../adapter.ts';
import type { EntityName } from '../../model.ts';
import { LOAD_ORDER, TABLES, type Table } from '../columns.ts';
import type { Transaction } from '../connection/transaction.ts';
import { Slices } from '../slices.ts';
import { keepProcessed } from './receipts.ts';
import { checkKeyLengths, toRow } from './rows.ts';
import {
  groupByKey,
  type Incoming,
  isSameKey,
  MemorySpool,
  type SameKey,
  type Spool,
  StagedSpool,
  wholeKeys,
} from './staging.ts';
import { lockIssues, markNewest } from './statements.ts';
import { insertNew, mergeStored } from './upsert.ts';

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

/** What loading the objects of one entity came to. */
export interface EntityCounts {
  readonly counts: LoadCounts[EntityName];
  /** Objects that the document reports for another origin than the one that they belong to. */
  readonly foreign: number;
  /** The first of them in the document. */
  readonly firstForeign: Incoming | null;
}

/** An object of which some reports were counted. */
interface Counted {
  readonly object: Incoming;
  readonly changed: boolean;
  readonly isForeign: boolean;
}

/** Counts objects by what became of them, each once, although one that is reported often may come in several parts. */
export class EntityTally {
  #added = 0;
  #changed = 0;
  #unchanged = 0;
  #foreign = 0;
  #firstForeign: Incoming | null = null;
  #last: Counted | null = null;
  /** Objects that were added, and of which more is merged: at most one a batch. */
  readonly #addedInParts = new Map<string, Counted>();

  added(group: SameKey): void {
    this.#added += 1;
    // Whose it is now makes no difference: of reports of several origins some are foreign, of one origin none.
    this.#last = this.#countForeign(group, null, group[0].origin, true);
  }

  /** More of the object that was added last comes with the next batch. */
  addedInParts(): void {
    if (this.#last !== null) this.#addedInParts.set(keyOf(this.#last.object), this.#last);
  }

  /** Parts of one object come one behind the other. */
  merged(group: SameKey, changed: boolean, holder: string): void {
    const [object] = group;
    const added = this.#addedInParts.get(keyOf(object));
    if (added !== undefined) {
      this.#addedInParts.set(keyOf(object), this.#countForeign(group, added, holder, changed));
      return;
    }
    const before = this.#last !== null && isSameKey(this.#last.object, object) ? this.#last : null;
    if (before === null) {
      if (changed) this.#changed += 1;
      else this.#unchanged += 1;
    } else if (changed && !before.changed) {
      this.#changed += 1;
      this.#unchanged -= 1;
    }
    this.#last = this.#countForeign(group, before, holder, changed || before?.changed === true);
  }

  /** Between the pass that adds objects and the one that merges the others. */
  beginMerging(): void {
    this.#last = null;
  }

  counts(): EntityCounts {
    const counts = { added: this.#added, changed: this.#changed, unchanged: this.#unchanged };
    return { counts, foreign: this.#foreign, firstForeign: this.#firstForeign };
  }

  /** Reports of two origins cannot both be of the one that the object belongs to. */
  #countForeign(group: SameKey, before: Counted | null, holder: string, changed: boolean): Counted {
    const object = before?.object ?? group[0];
    const isForeign = group.some(({ origin }) => origin !== object.origin) || object.origin !== holder;
    if (isForeign && before?.isForeign !== true) {
      this.#foreign += 1;
      if (this.#firstForeign === null || object.place < this.#firstForeign.place) this.#firstForeign = object;
    }
    return { object, changed, isForeign: isForeign || before?.isForeign === true };
  }
}

function keyOf({ id, version }: Incoming): string {
  return `${version} ${id}`;
}

/** A set of small numbers, one bit each: a document may have millions of objects. */
export class PlaceSet {
  #bits = new Uint8Array(1024);
  #isEmpty = true;

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  addRange(start: number, count: number): void {
    for (let place = start; place < start + count; place += 1) this.#add(place);
  }

  has(place: number): boolean {
    return ((this.#bits[place >> 3] ?? 0) & (1 << (place & 7))) !== 0;
  }

  #add(place: number): void {
    const at = place >> 3;
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(at + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (place & 7));
    this.#isEmpty = false;
  }
}
