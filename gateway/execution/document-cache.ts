import type { ApolloServerOptions } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Characters of all texts together; a parsed document takes some dozen times its text. */
const MAX_CHARACTERS = 2 * 1024 * 1024;

type DocumentStore = NonNullable<ApolloServerOptions<object>['documentStore']>;

/** Keeps parsed and validated documents by the hash of their text, so that a known query is neither again. */
export function documentStore(): DocumentStore {
  const documents = new LRUCache<string, DocumentNode>({
    max: 2_000,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (document) => (document.loc?.end ?? 0) + 1,
  });
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => {
      documents.set(key, document);
    },
    delete: async (key) => documents.delete(key),
  };
}
