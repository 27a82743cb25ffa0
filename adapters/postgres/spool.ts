import type { EntityName } from '../model.ts';
import { compareBytes } from './byte-order.ts';

/** An object on its way into the store. */
export interface Incoming {
  readonly id: string;
  /** Of an issue, else 0. */
  readonly version: number;
  readonly origin: string;
  /** How many objects of the document come before it. */
  readonly place: number;
  /** Its row (`to-row.ts`) as JSON: kept as text, since most of them are only passed on. */
  readonly text: string;
}

/** Sorted by key; objects of one key follow each other in the document's order. */
export type Batch = readonly Incoming[];

/** Holds the objects of one document until all are there, and gives them back sorted, as often as asked. */
export interface Spool {
  add(entity: EntityName, object: Incoming): Promise<void>;
  batches(entity: EntityName): AsyncIterable<Batch>;
}

/** Small enough that building and reading a statement's values does not hold the event loop for long. */
export const BATCH_OBJECTS = 500;
export const BATCH_CHARACTERS = 2 * 1024 * 1024;

const MAX_OBJECTS = 20_000;
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** A document that fits into memory: nearly all of them. */
export class MemorySpool implements Spool {
  readonly #objects = new Map<EntityName, Incoming[]>();
  #count = 0;
  #characters = 0;

  /** Whether it should go on in a table of the database instead. */
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
    // Sorting is stable, and quick where it was done before.
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

  /** All objects, each entity in the document's order; forgets them on the way. */
  *drain(): Iterable<readonly [EntityName, Incoming]> {
    for (const [entity, objects] of this.#objects) {
      this.#objects.delete(entity);
      for (const object of objects) yield [entity, object];
    }
  }
}

export function isFullBatch(count: number, characters: number): boolean {
  return count >= BATCH_OBJECTS || characters >= BATCH_CHARACTERS;
}
