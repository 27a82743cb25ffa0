import type { ApolloServerOptions } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { documentWeight } from './document-weight.ts';

/** Bytes of memory that all documents take together, which is 70 to 250 times the length of their texts. */
const MAX_WEIGHT = 32 * 1024 * 1024;

type DocumentStore = NonNullable<ApolloServerOptions<object>['documentStore']>;

/** Keeps parsed and validated documents by the hash of their text, so that a known query is neither again. */
export function documentStore(): DocumentStore {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: MAX_WEIGHT,
    sizeCalculation: (document) => documentWeight(document) + 1,
  });
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => {
      documents.set(key, document);
    },
    delete: async (key) => documents.delete(key),
  };
}
