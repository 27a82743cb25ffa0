import type { LoadCounts, Loaded, StoredObject, Submitter } from '../../contract/adapter.ts';
import type { EntityName } from '../../contract/model.ts';
import { isSliceOver, yieldToEventLoop } from '../../kit/yield-to-event-loop.ts';
import { LOAD_ORDER, TABLES, type Table } from '../columns.ts';
import type { Transaction } from '../connection/transaction.ts';
import { keepProcessed } from './receipts.ts';
import { checkKeyLengths, toRow } from './rows.ts';
import {
  groupByKey,
  type Incoming,
  isSameKey,
  type KeyGroup,
  MemoryStaging,
  type Staging,
  TableStaging,
  wholeKeys,
} from './staging.ts';
import { lockIssues, markNewest } from './statements.ts';
import { insertNew, mergeStored } from './upsert.ts';

/**
 * Loads a document in one transaction, together with its receipt. If anything fails, nothing is stored.
 *
 * Deadlocks cannot arise: every transaction takes its locks in one order, table by table; within a table first the new
 * rows by key (an insert waits for another transaction that inserts the same key), then the existing rows by key. No purge
 * runs at the same time, so no existing row becomes a new one.
 */
export async function load(
  transaction: Transaction,
  objects: AsyncIterable<StoredObject>,
  by: Submitter,
  signal: AbortSignal,
): Promise<Loaded> {
  try {
    const staging = await stage(transaction, objects, signal);
    const counts = new Map<EntityName, EntityCounts>();
    for (const entity of LOAD_ORDER) counts.set(entity, await loadEntity({ transaction, staging, signal }, entity));
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

async function stage(
  transaction: Transaction,
  objects: AsyncIterable<StoredObject>,
  signal: AbortSignal,
): Promise<Staging> {
  const memory = new MemoryStaging();
  let staging: Staging = memory;
  let place = 0;
  for await (const stored of objects) {
    const row = toRow(stored);
    checkKeyLengths(row);
    const version = stored.entity === 'issue' ? stored.object.version : 0;
    if (staging === memory && memory.isFull) staging = await TableStaging.begin(transaction, memory.drain());
    const { id, origin } = stored.object;
    await staging.add(stored.entity, { id, version, origin, place, text: JSON.stringify(row) });
    place += 1;
    if (isSliceOver()) await yieldToEventLoop(signal);
  }
  return staging;
}

/** A document that is being loaded: all of its objects are staged. */
interface StagedDocument {
  readonly transaction: Transaction;
  readonly staging: Staging;
  readonly signal: AbortSignal;
}

/** Loads all objects of one entity: first those that are new, then those that merge into objects of the store. */
async function loadEntity(document: StagedDocument, entity: EntityName): Promise<EntityCounts> {
  const { transaction, staging } = document;
  if (entity === 'issue') await lockIssues(transaction, staging);
  const tally = new EntityTally();
  const rest = await addNew(document, TABLES[entity], tally);
  if (!rest.isEmpty) await mergeRest(document, TABLES[entity], rest, tally);
  if (entity === 'issue') await markNewest(transaction, staging);
  return tally.counts();
}

/** Adds the new objects. Gives the indexes, within the sorted objects, of the others. */
async function addNew(
  { transaction, staging, signal }: StagedDocument,
  table: Table,
  tally: EntityTally,
): Promise<BitSet> {
  const rest = new BitSet();
  let place = 0;
  let last: { readonly object: Incoming; readonly isNew: boolean } | null = null;
  for await (const batch of wholeKeys(staging.batches(table.entity))) {
    signal.throwIfAborted();
    const groups = groupByKey(batch);
    // The batch before decided whether a key that continues here is new; the rest of its reports are merged.
    const continued: KeyGroup | null = continuing(groups, last?.object);
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
  { transaction, staging, signal }: StagedDocument,
  table: Table,
  rest: BitSet,
  tally: EntityTally,
): Promise<void> {
  let place = 0;
  tally.beginMerging();
  for await (const batch of wholeKeys(staging.batches(table.entity))) {
    signal.throwIfAborted();
    const first = place;
    const groups = groupByKey(batch.filter((_, index) => rest.has(first + index)));
    const merged = await mergeStored(transaction, table, groups);
    for (const [group, { changed, holder }] of merged) tally.merged(group, changed, holder);
    place += batch.length;
  }
}

/** The first group, if it continues the last key of the batch before. */
function continuing(groups: readonly KeyGroup[], last: Incoming | undefined): KeyGroup | null {
  const first = groups[0];
  return first !== undefined && last !== undefined && isSameKey(first[0], last) ? first : null;
}

/** The result of loading the objects of one entity. */
interface EntityCounts {
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

/** Counts added, changed and unchanged objects. Each counts once, even if its reports come in several groups. */
class EntityTally {
  #added = 0;
  #changed = 0;
  #unchanged = 0;
  #foreign = 0;
  #firstForeign: Incoming | null = null;
  #last: Counted | null = null;
  /** Objects that were added, and whose further reports are merged: at most one in each batch. */
  readonly #addedInParts = new Map<string, Counted>();

  added(group: KeyGroup): void {
    this.#added += 1;
    // The owner makes no difference here: of reports of several origins some are foreign, of one origin none are.
    this.#last = this.#countForeign(group, null, group[0].origin, true);
  }

  /** The next batch has more reports of the object that was added last. */
  addedInParts(): void {
    if (this.#last !== null) this.#addedInParts.set(keyOf(this.#last.object), this.#last);
  }

  /** Groups of one object come directly after each other. */
  merged(group: KeyGroup, changed: boolean, holder: string): void {
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
  #countForeign(group: KeyGroup, before: Counted | null, holder: string, changed: boolean): Counted {
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
class BitSet {
  #bits = new Uint8Array(1024);
  #isEmpty = true;

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  addRange(start: number, count: number): void {
    for (let index = start; index < start + count; index += 1) this.#add(index);
  }

  has(index: number): boolean {
    return ((this.#bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  #add(index: number): void {
    const at = index >> 3;
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(at + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (index & 7));
    this.#isEmpty = false;
  }
}
