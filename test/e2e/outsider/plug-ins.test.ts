import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAUNCHER, type RunningCommand, runCommand, startCommand } from '../../support/command.ts';
import { configFolder } from '../../support/config-folder.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { plugInFiles } from './plug-in.ts';

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** The comment of a build, or the errors. */
async function commentOf(gateway: RunningCommand, id: string): Promise<unknown> {
  const answer = await fetch(`${gateway.url}/graphql`, {
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
    await write(folder, { 'kcigraph.yaml': 'sources: { acme: { adapter: ./acme/adapter.ts, slow: 3000 } }' });
    // `script` gives the gateway a terminal, as a person has one.
    const command = `'${process.execPath}' '${LAUNCHER}' serve --port 0`;
    gateway = await startCommand(
      'script',
      ['--quiet', '--flush', '--return', '--command', command, '/dev/null'],
      folder,
    );
  });
  afterAll(async () => {
    await gateway.stop();
    await removeFolder(folder);
  });

  const becomes = (word: string) =>
    expect.poll(() => commentOf(gateway, 'acme:1'), { timeout: 10_000, interval: 100 }).toBe(word);
  const says = (text: string) =>
    expect.poll(() => stripVTControlCharacters(gateway.output()), { timeout: 10_000 }).toContain(text);

  it('serves, and its errors are errors of a source', async () => {
    expect(await commentOf(gateway, 'acme:1')).toBe('one');
    expect(await commentOf(gateway, 'acme:bad')).toMatchObject([
      {
        message: expect.stringContaining('closed on Sundays'),
        extensions: { code: 'SOURCE_UNAVAILABLE', source: 'acme' },
      },
    ]);
  });

  it('is loaded anew when one of its files changes, and a call that is under way is not lost', async () => {
    const slow = commentOf(gateway, 'acme:slow');
    await write(join(folder, 'acme'), { 'words.ts': plugInFiles('two')['words.ts'] });
    await becomes('two');
    await says('serves in its new version');
    expect(await slow).toBe('one');
  });

  it.each([
    ['cannot be read', { 'words.ts': 'export const WORD = ;' }, 'cannot be loaded'],
    [
      'keeps another contract',
      { 'adapter.ts': plugInFiles('x')['adapter.ts'].replace('contract: CONTRACT', 'contract: 2') },
      'keeps version 2 of the adapter contract',
    ],
    [
      'takes other options',
      {
        'adapter.ts': plugInFiles('x')
          ['adapter.ts'].replace('slow: z.int()', 'fast: z.int()')
          .replace('{ slow }', '{ slow = 0 }'),
      },
      'The options of the source "acme" do not fit it',
    ],
  ])('is refused where its new version %s, and the one before serves on', async (_, broken, reason) => {
    await write(join(folder, 'acme'), { 'words.ts': plugInFiles('never')['words.ts'], ...broken });
    await says(reason);
    expect(await commentOf(gateway, 'acme:1')).toBe('two');
    await write(join(folder, 'acme'), plugInFiles('two'));
  });

  it('serves again once it is mended', async () => {
    await write(join(folder, 'acme'), plugInFiles('three'));
    await becomes('three');
  });
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
