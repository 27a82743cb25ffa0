import type { ApolloServerOptions } from '@apollo/server';
import { LRUCache } from 'lru-cache';

/** Characters of all texts together. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

type TextStore = Exclude<NonNullable<ApolloServerOptions<object>['cache']>, 'bounded'>;

/** Automatic persisted queries: texts by their hash, which clients send instead once the text is known here. */
export function persistedDocuments(): TextStore {
  const texts = new LRUCache<string, string>({
    max: 10_000,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (text) => text.length + 1,
  });
  return {
    get: async (hash) => texts.get(hash),
    set: async (hash, text) => {
      texts.set(hash, text);
    },
    delete: async (hash) => texts.delete(hash),
  };
}
