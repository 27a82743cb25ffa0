import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAUNCHER, type RunningCommand, runCommand, startCommand } from '../../support/command.ts';
import { configFolder } from '../../support/config-folder.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { plugInFiles } from './plug-in.ts';

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** The comment of a build, or the errors. */
async function commentOf(url: string, id: string): Promise<unknown> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ build(id: "${id}") { comment } }` }),
  });
  const { data, errors } = JSON.parse(await answer.text());
  return errors ?? data.build.comment;
}

describe('a plug-in that is a file', () => {
  let folder: string;
  let gateway: RunningCommand;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder, 'acme'));
    await write(join(folder, 'acme'), plugInFiles('one'));
    await write(folder, { 'kcigraph.yaml': 'sources: { acme: { adapter: ./acme/adapter.ts, slow: 1500 } }' });
    gateway = await startCommand(process.execPath, ['--watch', LAUNCHER, 'serve', '--port', '0'], folder);
  });
  afterAll(async () => {
    await gateway.stop();
    await removeFolder(folder);
  });

  /** Each start listens on a port of its own. */
  const current = () =>
    gateway
      .output()
      .match(/http:\/\/127\.0\.0\.1:\d+(?=\/graphiql)/g)
      ?.at(-1) ?? '';
  const becomes = (comment: string) =>
    expect
      .poll(() => commentOf(current(), 'acme:1').catch(() => 'not up'), { timeout: 20_000, interval: 100 })
      .toBe(comment);

  it('serves, and its errors are errors of a source', async () => {
    expect(await commentOf(gateway.url, 'acme:1')).toBe('one 1500');
    expect(await commentOf(gateway.url, 'acme:bad')).toMatchObject([
      {
        message: expect.stringContaining('closed on Sundays'),
        extensions: { code: 'SOURCE_UNAVAILABLE', source: 'acme' },
      },
    ]);
  });

  it('is loaded anew under "node --watch" when one of its files changes, and a call under way is answered', async () => {
    const slow = commentOf(gateway.url, 'acme:slow');
    await write(join(folder, 'acme'), { 'words.ts': plugInFiles('two')['words.ts'] });
    await becomes('two 1500');
    expect(await slow).toBe('one 1500');
  }, 60_000);
});

it('a plug-in finds what it kept on disk after a restart, and nothing where its code has changed', async () => {
  const folder = await configFolder({ 'words.ts': plugInFiles('one')['words.ts'] });
  const { 'adapter.ts': adapter } = plugInFiles('one');
  // It writes how often it was started, and says that as its comment.
  const counts = adapter
    .replace('import {', "import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';\nimport {")
    .replace('create: ({ slow }) => ({', 'create: ({ slow }, env) => ({')
    .replace("WORD + ' ' + slow", "WORD + ' ' + starts")
    .replace('function buildOf', "let starts = '';\n\nfunction buildOf")
    .replace(
      'start: async () => {}',
      `start: async () => {
      mkdirSync(env.dataDir, { recursive: true });
      const file = env.dataDir + '/starts';
      try { starts = readFileSync(file, 'utf8'); } catch {}
      starts += 'I';
      writeFileSync(file, starts);
    }`,
    );
  await write(folder, { 'adapter.ts': counts, 'kcigraph.yaml': 'sources: { acme: { adapter: ./adapter.ts } }' });
  const started = async () => {
    const gateway = await startCommand(process.execPath, [LAUNCHER, 'serve', '--port', '0'], folder);
    const comment = await commentOf(gateway.url, 'acme:1');
    await gateway.stop();
    return comment;
  };
  expect(await started()).toBe('one I');
  expect(await started()).toBe('one II');
  await write(folder, { 'words.ts': plugInFiles('two')['words.ts'] });
  expect(await started()).toBe('two I');
  expect(await readdir(join(folder, 'data/sources/acme'))).toHaveLength(1);
}, 60_000);

it('a plug-in that cannot be loaded is refused by its file and line', async () => {
  const folder = await configFolder({
    'package.json': '{ "type": "module" }',
    'parse.ts': 'export const a: number = 1;\nexport const b: number = ;\n',
    'twice.ts': 'export const a: number = 1;\n\nexport const a = 2;\n',
    'below.ts': "import './enum.ts';\n",
    'enum.ts': '\n\nenum Word { A }\n',
    'script.js': "\nimport './parse.js';\n",
    'parse.js': 'export const a = 1;\nexport const b = ;\n',
    'missing.js': "\nimport { b } from './a.js';\n",
    'a.js': 'export const a = 1;\n',
    'kcigraph.yaml': `sources:
  a: { adapter: ./parse.ts }
  b: { adapter: ./twice.ts }
  c: { adapter: ./below.ts }
  d: { adapter: ./script.js }
  e: { adapter: ./missing.js }
`,
  });
  const { code, stderr } = await runCommand(['check'], folder);
  for (const fault of [
    'The plug-in "./parse.ts" cannot be loaded: parse.ts:2: Expression expected',
    'The plug-in "./twice.ts" cannot be loaded: twice.ts:3: Identifier \'a\' has already been declared',
    'The plug-in "./below.ts" cannot be loaded: enum.ts:3: TypeScript enum is not supported in strip-only mode',
    'The plug-in "./script.js" cannot be loaded: parse.js:2: Unexpected token \';\'',
    'The plug-in "./missing.js" cannot be loaded: missing.js:2: The requested module',
  ])
    expect(stderr).toContain(fault);
  expect(code).toBe(2);
});

describe('a plug-in that is an npm package', () => {
  const install = async (folder: string, main: string, text: string) => {
    const path = join(folder, 'node_modules/kcigraph-adapter-acme');
    await mkdir(path, { recursive: true });
    await rm(join(path, main), { force: true });
    // As a package for Node is often published: for `import` only.
    const manifest = { name: 'kcigraph-adapter-acme', type: 'module', exports: { import: `./${main}` } };
    await write(path, { 'package.json': JSON.stringify(manifest), [main]: text });
  };
  const CONFIG = { 'kcigraph.yaml': 'sources: { acme: { adapter: kcigraph-adapter-acme } }' };
  const JAVASCRIPT = `import { CONTRACT, z } from 'kcigraph/adapter';
export const adapter = { contract: CONTRACT, name: 'acme', options: z.strictObject({}), create: () => ({}),
  defaults: { timeout: 1, concurrency: 1, rate: null, cacheTtl: 0, staleIfError: 0 } };\n`;

  it('is found from the folder of the configuration, wherever the command is run', async () => {
    const folder = await configFolder(CONFIG);
    await install(folder, 'main.js', JAVASCRIPT);
    const checked = await runCommand(['check', '--config', join(folder, 'kcigraph.yaml')], await configFolder());
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining('acme (kcigraph-adapter-acme)') });
  });

  it.each([
    [
      'is TypeScript',
      'main.ts',
      'export const x: number = 1;',
      'is TypeScript in node_modules, where Node runs JavaScript only',
    ],
    ['imports what is not there', 'main.js', "import 'no-such-thing';", 'imports what is not there: "no-such-thing"'],
    [
      'exports another thing',
      'main.js',
      'export default {};',
      'exports no "adapter"; its default export is not looked at.',
    ],
  ])('is refused with a sentence where it %s', async (_, main, text, message) => {
    const folder = await configFolder(CONFIG);
    await install(folder, main, text);
    const { code, stderr } = await runCommand(['check'], folder);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});
