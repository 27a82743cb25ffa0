import type { EntityName } from '../../contract/model.ts';
import { compareBytes } from '../../contract/positions.ts';
import type { Transaction } from '../connection/transaction.ts';

/** An object that is being loaded. */
export interface Incoming {
  readonly id: string;
  /** Of an issue, else 0. */
  readonly version: number;
  readonly origin: string;
  /** How many objects of the document come before it. */
  readonly place: number;
  /** Its row (`rows.ts`) as JSON: kept as text, since most of them are only passed on. */
  readonly text: string;
}

/** Sorted by key; objects of one key follow each other in the document's order. */
export type Batch = readonly Incoming[];

/** Holds the objects of one document until all have arrived. Gives them back sorted, as often as you ask. */
export interface Staging {
  add(entity: EntityName, object: Incoming): Promise<void>;
  batches(entity: EntityName): AsyncIterable<Batch>;
}

/** Small enough that building and reading a statement's values does not hold the event loop for long. */
const BATCH_OBJECTS = 500;
const BATCH_CHARACTERS = 2 * 1024 * 1024;

const MAX_OBJECTS = 20_000;
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** Stages a document in memory, which nearly all fit into. */
export class MemoryStaging implements Staging {
  readonly #objects = new Map<EntityName, Incoming[]>();
  #count = 0;
  #characters = 0;

  /** Whether the document should continue in a table of the database. */
  get isFull(): boolean {
    return this.#count >= MAX_OBJECTS || this.#characters >= MAX_CHARACTERS;
  }

  async add(entity: EntityName, object: Incoming): Promise<void> {
    const objects = this.#objects.get(entity);
    if (objects === undefined) this.#objects.set(entity, [object]);
    else objects.push(object);
    this.#count += 1;
    this.#characters += object.text.length;
  }

  async *batches(entity: EntityName): AsyncIterable<Batch> {
    const objects = this.#objects.get(entity) ?? [];
    // Sorting is stable, and fast if the objects are sorted already.
    objects.sort((a, b) => compareBytes(a.id, b.id) || a.version - b.version);
    let batch: Incoming[] = [];
    let characters = 0;
    for (const object of objects) {
      if (isFullBatch(batch.length, characters)) {
        yield batch;
        batch = [];
        characters = 0;
      }
      batch.push(object);
      characters += object.text.length;
    }
    if (batch.length > 0) yield batch;
  }

  /** All objects, each entity in the document's order. Removes them. */
  *drain(): Iterable<readonly [EntityName, Incoming]> {
    for (const [entity, objects] of this.#objects) {
      this.#objects.delete(entity);
      for (const object of objects) yield [entity, object];
    }
  }
}

function isFullBatch(count: number, characters: number): boolean {
  return count >= BATCH_OBJECTS || characters >= BATCH_CHARACTERS;
}

const CREATE = `CREATE TEMPORARY TABLE staged_objects (
  entity text NOT NULL, id text COLLATE "C" NOT NULL, version bigint NOT NULL, origin text NOT NULL, place bigint NOT NULL, row_text text NOT NULL
) ON COMMIT DROP`;
const INSERT = {
  name: 'stage-objects',
  text: `INSERT INTO staged_objects
    SELECT entity, id, version, origin, place, row_text
    FROM json_to_recordset($1) AS r(entity text, id text, version bigint, origin text, place bigint, row_text text)`,
};
const INDEX = 'CREATE INDEX ON staged_objects (entity, id, version, place); ANALYZE staged_objects';

/** Stages a document of any size in a temporary table of the transaction that loads it, so that memory stays bounded. */
export class TableStaging implements Staging {
  readonly #transaction: Transaction;
  readonly #waiting: (Omit<Incoming, 'text'> & { entity: EntityName; row_text: string })[] = [];
  #characters = 0;
  #total = 0;
  #count = 0;
  #indexed = false;

  private constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  /** Begins with the objects that were staged in memory. */
  static async begin(
    transaction: Transaction,
    objects: Iterable<readonly [EntityName, Incoming]>,
  ): Promise<TableStaging> {
    await transaction.execute(CREATE);
    const staging = new TableStaging(transaction);
    for (const [entity, object] of objects) await staging.add(entity, object);
    return staging;
  }

  async add(entity: EntityName, { text, ...object }: Incoming): Promise<void> {
    this.#waiting.push({ entity, ...object, row_text: text });
    this.#count += 1;
    this.#characters += text.length;
    this.#total += text.length;
    if (isFullBatch(this.#waiting.length, this.#characters)) await this.#flush();
  }

  async *batches(entity: EntityName): AsyncIterable<Batch> {
    await this.#flush();
    if (!this.#indexed) await this.#transaction.execute(INDEX);
    this.#indexed = true;
    const cursor = `staged_${entity}`;
    await this.#transaction.execute(
      `DECLARE ${cursor} NO SCROLL CURSOR FOR SELECT id, version, origin, place, row_text AS text FROM staged_objects
        WHERE entity = '${entity}' ORDER BY id, version, place`,
    );
    for (;;) {
      const batch = await this.#fetch(cursor);
      if (batch.length === 0) break;
      yield batch;
    }
    await this.#transaction.execute(`CLOSE ${cursor}`);
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const values = JSON.stringify(this.#waiting);
    this.#waiting.length = 0;
    this.#characters = 0;
    await this.#transaction.run(INSERT, [values]);
  }

  async #fetch(cursor: string): Promise<Batch> {
    const average = Math.max(1, this.#total / this.#count);
    const count = Math.max(1, Math.min(BATCH_OBJECTS, Math.floor(BATCH_CHARACTERS / average)));
    const rows = await this.#transaction.execute(`FETCH FORWARD ${count} FROM ${cursor}`);
    return rows.map(({ id, version, origin, place, text }) => ({
      id: String(id),
      version: Number(version),
      origin: String(origin),
      place: Number(place),
      text: String(text),
    }));
  }
}

/** Reports of one object are merged at once up to this size: as much as the object itself may hold. */
const MAX_GROUP_CHARACTERS = 32 * 1024 * 1024;

/** The objects of one key that follow each other in a batch, in the document's order. */
export type KeyGroup = readonly [Incoming, ...Incoming[]];

export function groupByKey(batch: Batch): readonly KeyGroup[] {
  const groups: [Incoming, ...Incoming[]][] = [];
  for (const object of batch) {
    const group = groups.at(-1);
    if (group !== undefined && isSameKey(group[0], object)) group.push(object);
    else groups.push([object]);
  }
  return groups;
}

/**
 * Cuts sorted batches so that one batch has all reports of an object. An object is then read, merged and written once,
 * not once for each batch that reports it. Only reports beyond `MAX_GROUP_CHARACTERS` are in a separate batch, so that the
 * work stays linear in the size of the reports.
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
    if (characters < MAX_GROUP_CHARACTERS) continue;
    yield held;
    held = [];
    characters = 0;
  }
  if (held.length > 0) yield held;
}

export function isSameKey(a: Incoming, b: Incoming): boolean {
  return a.id === b.id && a.version === b.version;
}
