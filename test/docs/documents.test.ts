import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildSchema, GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RELATION_NAMES } from '../../adapters/contract/adapter.ts';
import { commandEnv, LAUNCHER, type RunningCommand, runCommand, startCommand } from '../support/command.ts';
import { hasGql, PYTHON } from '../support/gql/python.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { type CodeBlock, codeBlocks, DOCUMENTS, ROOT } from './code-blocks.ts';
import { makeReaderFolder } from './reader-folder.ts';
import { typeCheck } from './type-check.ts';
import { ReaderShell, type Typed } from './type-in-shell.ts';

/** Documents with a test that types their commands, configurations and queries in the order and the folder that they are meant for. */
const WALKED: ReadonlyMap<string, string> = new Map([['docs/adapters.md', 'test/e2e/outsider/outsider.test.ts']]);
/** What begins to serve, and does not end by itself. */
const SERVES = /^(npm start|npm run demo\b.*|npx kcigraph (serve|demo)\b.*)$/;
/** What a block must print, by what it holds: an exit code is little. */
const SAYS: ReadonlyMap<string, string> = new Map([
  ['--data-binary @examples/documents', '"status":"ok"'],
  ['kcigraph submit examples/documents/*.json', '2 of 2 documents stored.'],
  ['revision(gitCommitHash: \\"5e1f0a7c2b9d\\")', '"gitCommitName":"v6.19-rc4-118-g5e1f0a7c2b9d"'],
  ['commit.ts', 'FAIL; 2 of 6 tests failed'],
  ['persistedQuery', 'anvil-2 locks up while it enters suspend-to-RAM'],
  ['If-None-Match', '304'],
]);
const HERE = 'http://127.0.0.1:4000';
/** Stands for any value that a configuration takes from the environment: an address, a secret, a name. */
const ANY_VALUE = 'https://ci.acme.example/a-secret-that-is-long-enough';

const blocks = DOCUMENTS.flatMap((document) => codeBlocks(document));
const of = (language: string) => blocks.filter((block) => block.language === language);
const placeOf = ({ document, line }: CodeBlock) => `${document}:${line}`;
const named = (some: readonly CodeBlock[]) => some.map((block) => [placeOf(block), block] as const);
const untyped = (language: string) => named(of(language).filter(({ document }) => !WALKED.has(document)));

let reader: Awaited<ReturnType<typeof makeReaderFolder>>;
let gateway: RunningCommand;
beforeAll(async () => {
  reader = await makeReaderFolder();
  gateway = await startCommand(process.execPath, [LAUNCHER, 'serve', '--port', '0'], reader.path);
  for (const name of ['acme-nightly', 'bravo-version-4']) {
    const body = await readFile(join(ROOT, `examples/documents/${name}.json`));
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${gateway.url}/submit`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(await answer.text());
  }
}, 120_000);
afterAll(async () => {
  await gateway?.stop();
  await reader?.[Symbol.asyncDispose]();
});

/** As the reader would type it, but for the port of the gateway, which is another here. */
const here = (text: string) =>
  text.replaceAll(HERE, gateway.url).replaceAll(HERE.replace('http://', ''), new URL(gateway.url).host);

it('every block says what it is in: a language that is tried here, or text', () => {
  const known = new Set(['sh', 'graphql', 'python', 'yaml', 'json', 'ts', 'text']);
  expect(
    blocks.filter(({ language }) => !known.has(language)).map((block) => `${placeOf(block)} ${block.language}`),
  ).toEqual([]);
  expect(of('sh').length).toBeGreaterThan(10);
  expect(of('graphql').length).toBeGreaterThan(5);
  for (const what of SAYS.keys())
    expect(
      of('sh').some(({ text }) => text.includes(what)),
      what,
    ).toBe(true);
});

describe.each(
  DOCUMENTS.filter((document) => !WALKED.has(document) && of('sh').some((block) => block.document === document)),
)('the commands of %s', (document) => {
  const shell = () => new ReaderShell(reader.path, document);

  it.each(named(of('sh').filter((block) => block.document === document)))(
    '%s',
    async (_, { text }) => {
      // What is installed already would be installed into the checkout that the test runs in.
      const block = text.replace(/^npm ci && /m, '').trim();
      const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
      for (const [, name = '', run = name] of block.matchAll(/\bnpm (?:(start|test)\b|run ([\w:]+))/g))
        expect(scripts).toHaveProperty([run]);
      // It is what runs just now.
      if (/^npm (test|run test:long)$/.test(block)) return;
      if (SERVES.test(block)) return await serves(block);
      const typed = await shell().type(here(block));
      expect(typed.code, typed.output).toBe(0);
      expect(faultsIn(typed), typed.output).toEqual([]);
      for (const [what, said] of SAYS) if (block.includes(what)) expect(typed.output).toContain(said);
    },
    180_000,
  );
});

it('the commands, configurations and queries of the other documents have a test of their own', () => {
  for (const [document, test] of WALKED) {
    expect(DOCUMENTS).toContain(document);
    expect(readFileSync(join(ROOT, test), 'utf8')).toContain(document);
  }
});

/** In a folder of its own: it has data of its own. */
async function serves(command: string): Promise<void> {
  await using folder = await makeReaderFolder();
  const env = commandEnv({ PORT: '0' });
  const running = await startCommand('bash', ['-c', `exec ${command}`], folder.path, env);
  const ready = await fetch(`${running.url}/ready`);
  expect(await ready.text()).toContain('"ready"');
  expect(await running.stop(), running.output()).toBe(0);
}

/** Errors in what an endpoint answered; curl's exit code says nothing of them. */
function faultsIn({ stdout }: Typed): unknown[] {
  return stdout.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const answer: unknown = JSON.parse(line);
    if (typeof answer !== 'object' || answer === null) return [];
    if ('status' in answer && answer.status === 'error') return [answer];
    return 'errors' in answer && Array.isArray(answer.errors) ? answer.errors : [];
  });
}

it.each(untyped('graphql'))('the query of %s finds something', async (_, { text }) => {
  const { data, errors } = await answerTo(text);
  expect(errors).toBeUndefined();
  for (const [field, value] of Object.entries(data)) expect(hasSubstance(value), field).toBe(true);
});

it('README.md shows the answer to its first question', async () => {
  const inReadme = ({ document }: CodeBlock) => document === 'README.md';
  const [question = '', answer = ''] = [of('graphql'), of('json')].map((some) => some.find(inReadme)?.text);
  expect(await answerTo(question)).toMatchObject({ data: JSON.parse(answer) });
});

async function answerTo(query: string) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return JSON.parse(await answer.text());
}

/** Not only nulls, zeros and empty lists. */
function hasSubstance(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasSubstance);
  return value !== null && value !== 0 && value !== false && value !== '';
}

it.each(untyped('yaml'))('the configuration of %s is right', async (_, { text }) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'kcigraph.yaml'), text);
  const asked = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, ANY_VALUE]);
  const checked = await runCommand(['check'], folder, Object.fromEntries(asked));
  await removeFolder(folder);
  expect(checked.code, checked.stderr).toBe(0);
});

it.each(named(of('json')))('the JSON of %s can be read', (_, { text }) => {
  expect(() => JSON.parse(text)).not.toThrow();
});

describe.runIf(hasGql())('Python', () => {
  it.each(named(of('python')))('the program of %s runs', async (_, { text }) => {
    const file = join(reader.path, 'block.py');
    await writeFile(file, here(text));
    const typed = await new ReaderShell(reader.path, 'python').type(`"${PYTHON}" block.py`);
    expect(typed.code, typed.output).toBe(0);
    await rm(file);
  });
});

it('what is written in TypeScript has the right types', () => {
  const faults = [...typeCheck(of('ts'))].filter(([, found]) => found.length > 0);
  expect(faults.map(([block, found]) => [placeOf(block), ...found])).toEqual([]);
}, 120_000);

it('the table of capabilities in docs/adapters.md names every relation, and only fields that the schema has', () => {
  const guide = readFileSync(join(ROOT, 'docs/adapters.md'), 'utf8');
  const table = /^## What each capability gives\n([\s\S]*?)^## /m.exec(guide)?.[1] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const namedBy = (cell: number, form: RegExp) =>
    rows.flatMap((row) => [...(row.split('|')[cell] ?? '').matchAll(form)].map(([, name = '']) => name));
  expect(new Set(namedBy(2, /`(\w+Of\w+)`/g))).toEqual(new Set(RELATION_NAMES));
  const schema = buildSchema(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'));
  const fields = namedBy(1, /`(\w+\.\w+)`/g);
  expect(fields.length).toBeGreaterThan(10);
  for (const field of fields) {
    const [type = '', name = ''] = field.split('.');
    const found = schema.getType(type);
    expect(found instanceof GraphQLObjectType ? Object.keys(found.getFields()) : [], field).toContain(name);
  }
});

const linked = DOCUMENTS.flatMap((document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const targets = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.length === 0 ? [] : [[document, targets] as const];
});

it.each(linked)('%s leads to files and headings that are there', (document, targets) => {
  for (const target of targets) {
    const [path = '', heading] = target.split('#');
    const file = path === '' ? join(ROOT, document) : join(ROOT, dirname(document), path);
    expect(existsSync(file), target).toBe(true);
    if (heading !== undefined && file.endsWith('.md')) expect(headingsOf(file), target).toContain(heading);
  }
});

/** As GitHub names them. */
function headingsOf(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/^#{1,6} +(.+)$/gm);
  return [...found].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
