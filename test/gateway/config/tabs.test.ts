import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../gateway/config/config-error.ts';
import { loadConfig } from '../../../gateway/config/load-config.ts';
import { GraphiqlPage } from '../../../gateway/http/graphiql.ts';
import { configFolder } from '../../support/config-folder.ts';

/** A configuration with these files in its folder of queries. */
async function withQueries(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await configFolder({ 'kcigraph.yaml': 'graphiql: { queries: ./queries }\n' });
  await mkdir(join(folder, 'queries'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'queries', name), text);
  return folder;
}

async function faultOf(workingFolder: string): Promise<string> {
  const error: unknown = await loadConfig({ env: {}, workingFolder }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  return error instanceof Error ? error.message : '';
}

describe("an operator's queries for GraphiQL", () => {
  it('are read by name, each with the variables that lie beside it', async () => {
    const workingFolder = await withQueries({
      '2-boards.graphql': '{ tests { nodes { path } } }',
      '1-commit.graphql': 'query Commit($hash: String!) { revision(gitCommitHash: $hash) { sources } }',
      '1-commit.json': '{ "hash": "5e1f0a7c2b9d" }',
      'README.md': 'No query.',
    });
    const { tabs } = await loadConfig({ env: {}, workingFolder });
    expect(tabs?.map(({ variables }) => variables)).toEqual([{ hash: '5e1f0a7c2b9d' }, {}]);
    expect(tabs?.[0]?.query).toContain('query Commit');
  });

  it('are those that kcigraph brings where none are named', async () => {
    expect((await loadConfig({ env: {}, workingFolder: await configFolder() })).tabs).toBeNull();
  });

  it.each([
    ['a folder that is not there', null, 'The folder "./queries" cannot be read.'],
    ['a folder without queries', {}, 'The folder "./queries" holds no file NAME.graphql.'],
    ['a query that is none', { 'a.graphql': '{ tests' }, 'The query "a.graphql" cannot be used: Syntax Error'],
    [
      'variables that are none',
      { 'a.graphql': '{ __typename }', 'a.json': '[]' },
      'The query "a.graphql" cannot be used: its variables are not a JSON object.',
    ],
  ])('are refused by a sentence: %s', async (_, files, says) => {
    const folder =
      files === null
        ? await configFolder({ 'kcigraph.yaml': 'graphiql: { queries: ./queries }\n' })
        : await withQueries(files);
    expect(await faultOf(folder)).toContain(`graphiql.queries (line 1:13): ${says}`);
  });

  it('stand in the page, and give way to others when the configuration is read again', async () => {
    const page = new GraphiqlPage([{ query: '{ first: __typename }', variables: {} }]);
    const before = await page.prepare();
    expect(gunzipSync(before.gzip).toString()).toContain('{ first: __typename }');
    page.openWith([{ query: '{ first: __typename }', variables: {} }]);
    expect(await page.prepare()).toBe(before);
    page.openWith([{ query: '{ second: __typename }', variables: {} }]);
    expect((await page.prepare()).etag).not.toBe(before.etag);
  });
});
