/**
 * schema.graphql -> gateway/generated: the schema's types, and the signatures of its batch resolvers.
 * `--check` writes nothing and exits with 1 where what is there is not what would be written.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import { buildSchema, parse } from 'graphql';
import { batchResolverTypes } from './codegen/batch-resolver-types.ts';

const FOLDER = new URL('./gateway/generated/', import.meta.url);
const HEADER = '// Made from schema.graphql by codegen.ts: edit the schema instead.\n';

const schemaText = await readFile(new URL('./schema.graphql', import.meta.url), 'utf8');
const files: ReadonlyMap<string, string> = new Map([
  ['schema-types.ts', await schemaTypes()],
  ['batch-resolvers.ts', HEADER + batchResolverTypes(buildSchema(schemaText))],
]);

const check = process.argv.includes('--check');
let stale = false;
await mkdir(FOLDER, { recursive: true });
for (const [name, text] of files) {
  const file = new URL(name, FOLDER);
  const before = await readFile(file, 'utf8').catch(() => '');
  if (before === text) continue;
  stale = true;
  if (check) console.error(`gateway/generated/${name} is not what schema.graphql gives: run "npm run codegen".`);
  else await writeFile(file, text);
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
