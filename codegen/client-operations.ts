import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { type DocumentNode, parse } from 'graphql';

/** The operations of the example clients as documents that know the types of their variables and of their answers. */
export function clientOperations(schema: DocumentNode, operations: ReadonlyMap<string, string>): Promise<string> {
  return codegen({
    filename: 'operations.ts',
    schema,
    documents: [...operations].map(([location, text]) => ({ location, document: parse(text) })),
    plugins: [{ typescriptOperations: {} }, { typedDocumentNode: {} }],
    pluginMap: { typescriptOperations, typedDocumentNode },
    config: {
      enumsAsTypes: true,
      immutableTypes: true,
      skipTypename: true,
      useTypeImports: true,
      dedupeFragments: true,
      maybeValue: 'T | null',
      scalars: { DateTime: 'string', BigInt: 'number', JSON: 'unknown', URL: 'string', ID: 'string' },
      strictScalars: true,
    },
  });
}
