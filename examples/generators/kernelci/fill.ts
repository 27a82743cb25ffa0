import type { Document } from 'bson';
import type { Db } from 'mongodb';
import type { CollectionDocument } from './collection-document.ts';
import type { CollectionIndex } from './collection-index.ts';

const BATCH = 1000;

/** Puts documents into a database as they come; gives how many of each collection there were. */
export async function fill(db: Db, documents: Iterable<CollectionDocument>): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const waiting = new Map<string, Document[]>();
  const put = async (collection: string) => {
    const batch = waiting.get(collection) ?? [];
    waiting.delete(collection);
    if (batch.length > 0) await db.collection(collection).insertMany(batch, { ordered: false });
  };
  for (const { collection, document } of documents) {
    const batch = waiting.get(collection) ?? [];
    batch.push(document);
    waiting.set(collection, batch);
    counts.set(collection, (counts.get(collection) ?? 0) + 1);
    if (batch.length >= BATCH) await put(collection);
  }
  for (const collection of [...waiting.keys()]) await put(collection);
  return counts;
}

/** Makes the indexes that the source has; the collections come with them. */
export async function createIndexes(db: Db, indexes: readonly CollectionIndex[]): Promise<void> {
  for (const { collection, keys } of indexes) await db.collection(collection).createIndex({ ...keys });
}
