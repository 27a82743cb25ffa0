/**
 * schema.graphql -> gateway/generated: the schema's types, and the signatures of its batch resolvers; and, with their
 * operations, the documents of the example clients.
 * `--check` writes nothing and exits with 1 where what is there is not what would be written.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import { buildSchema, parse } from 'graphql';
import { batchResolverTypes } from './codegen/batch-resolver-types.ts';
import { clientOperations } from './codegen/client-operations.ts';

const ROOT = new URL('./', import.meta.url);
const OPERATIONS = new URL('./examples/clients/operations/', import.meta.url);
const HEADER = '// Made from schema.graphql by codegen.ts: edit the schema instead.\n';

const schemaText = await readFile(new URL('./schema.graphql', import.meta.url), 'utf8');
const files: ReadonlyMap<string, string> = new Map([
  ['gateway/generated/schema-types.ts', await schemaTypes()],
  ['gateway/generated/batch-resolvers.ts', HEADER + batchResolverTypes(buildSchema(schemaText))],
  ['examples/clients/generated/operations.ts', await operations()],
]);

const check = process.argv.includes('--check');
let stale = false;
for (const [name, text] of files) {
  const file = new URL(name, ROOT);
  const before = await readFile(file, 'utf8').catch(() => '');
  if (before === text) continue;
  stale = true;
  if (check) console.error(`${name} is not what schema.graphql gives: run "npm run codegen".`);
  else {
    await mkdir(new URL('./', file), { recursive: true });
    await writeFile(file, text);
  }
}
if (check && stale) process.exitCode = 1;

function schemaTypes(): Promise<string> {
  return codegen({
    filename: 'schema-types.ts',
    documents: [],
    schema: parse(schemaText),
    plugins: [{ typescript: {} }],
    pluginMap: { typescript },
    config: {
      enumsAsTypes: true,
      immutableTypes: true,
      skipTypename: true,
      useTypeImports: true,
      avoidOptionals: { field: true, object: false, inputValue: false, defaultValue: false },
      maybeValue: 'T | null',
      scalars: { DateTime: 'string', BigInt: 'number', JSON: 'unknown', URL: 'string', ID: 'string' },
      strictScalars: true,
      onlyOperationTypes: false,
    },
  }).then((text) => HEADER + text);
}

async function operations(): Promise<string> {
  const texts = new Map<string, string>();
  for (const name of (await readdir(OPERATIONS)).sort()) {
    texts.set(name, await readFile(new URL(name, OPERATIONS), 'utf8'));
  }
  const header = '// Made from schema.graphql and the operations beside it by codegen.ts: edit those instead.\n';
  return header + (await clientOperations(parse(schemaText), texts));
}
