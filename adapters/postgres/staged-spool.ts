import type { EntityName } from '../model.ts';
import type { Transaction } from './connection/transaction.ts';
import { BATCH_CHARACTERS, BATCH_OBJECTS, type Batch, type Incoming, isFullBatch, type Spool } from './spool.ts';

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

/** A document of any size, in a temporary table of the transaction that loads it: bounded memory on our side. */
export class StagedSpool implements Spool {
  readonly #transaction: Transaction;
  readonly #waiting: (Omit<Incoming, 'text'> & { entity: EntityName; row_text: string })[] = [];
  #characters = 0;
  #total = 0;
  #count = 0;
  #indexed = false;

  private constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  /** Goes on from what was collected so far. */
  static async begin(
    transaction: Transaction,
    objects: Iterable<readonly [EntityName, Incoming]>,
  ): Promise<StagedSpool> {
    await transaction.execute(CREATE);
    const spool = new StagedSpool(transaction);
    for (const [entity, object] of objects) await spool.add(entity, object);
    return spool;
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
