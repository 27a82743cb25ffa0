import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { codeBlocks } from '../../docs/code-blocks.ts';
import { commandEnv, type RunningCommand, startCommand } from '../../support/command.ts';
import { NPM_QUIETLY, packPackage } from '../../support/packed-package.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { type AcmeServer, startAcmeServer } from './acme-server.ts';

const GUIDE = readFileSync(new URL('../../../docs/adapters.md', import.meta.url), 'utf8');
/** What the guide says to type, line by line. */
const COMMANDS = [...GUIDE.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.trim().split('\n'));
/** Its blocks in a language, in their order. */
const blocksIn = (language: string) =>
  codeBlocks('docs/adapters.md', GUIDE)
    .filter((block) => block.language === language)
    .map(({ text }) => text);
const [FIRST_CONFIG = '', CONFIG = '', ...OTHER_CONFIGS] = blocksIn('yaml');
const WORK = fileURLToPath(new URL('./acme/', import.meta.url));
const { vitest, typescript } = manifest.devDependencies;
const TYPES = manifest.devDependencies['@types/node'];

describe('somebody from outside, with the package alone and the words of docs/adapters.md', () => {
  let folder: string;
  let acme: AcmeServer;

  /** A command of the guide, typed in the working folder; what it printed, whatever its exit code. */
  function type(line: string) {
    expect(COMMANDS).toContain(line);
    const [command = '', ...args] = line.split(' ');
    return run(command, ...args);
  }

  async function run(command: string, ...args: readonly string[]) {
    const env = commandEnv({ ACME_URL: acme.url, NO_COLOR: '1', npm_config_loglevel: 'error', CI: 'true' });
    return await promisify(execFile)(command, args, { cwd: folder, env, maxBuffer: 2 ** 24 }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        output: error.stdout + error.stderr,
      }),
    );
  }

  beforeAll(async () => {
    folder = await temporaryFolder();
    acme = await startAcmeServer();
    const { tarball } = await packPackage(folder);
    expect(await type('npm init --yes')).toMatchObject({ code: 0 });
    expect(await type('npm pkg set type=module')).toMatchObject({ code: 0 });
    // What the guide installs from the registry: the package itself as it is packed here, the tools as they are pinned.
    expect(COMMANDS).toContain('npm install kcigraph');
    expect(COMMANDS).toContain('npm install --save-dev vitest typescript @types/node');
    const tools = [`vitest@${vitest}`, `typescript@${typescript}`, `@types/node@${TYPES}`];
    expect(await run('npm', 'install', ...NPM_QUIETLY, tarball, ...tools)).toMatchObject({ code: 0 });
  }, 300_000);
  afterAll(async () => {
    await acme.close();
    await removeFolder(folder);
  });

  it('serves the adapter that the guide opens with, which answers the query as shown and passes the check', async () => {
    const [code = ''] = blocksIn('ts');
    const [query = '', ...otherQueries] = blocksIn('graphql');
    const [answer = ''] = blocksIn('json');
    expect([OTHER_CONFIGS, otherQueries]).toEqual([[], []]);
    await writeFile(join(folder, 'first.ts'), code);
    await writeFile(join(folder, 'kcigraph.yaml'), FIRST_CONFIG);
    const gateway = await startCommand('npx', ['kcigraph', 'serve', '--port', '0'], folder);
    try {
      expect(await ask(gateway, { query })).toMatchObject({ data: JSON.parse(answer) });
    } finally {
      await gateway.stop();
    }
    const checked = await type('npx kcigraph check acme');
    expect(checked.output).toContain(', 0 failed, ');
    expect(checked.code).toBe(0);
    await rm(join(folder, 'first.ts'));
  }, 120_000);

  it('copies the template, which is right as it is: its types, and its own test', async () => {
    expect(await type('npx kcigraph new acme')).toMatchObject({ code: 0 });
    expect(await type('npx tsc --noEmit --project acme')).toEqual({ code: 0, output: '' });
    const tested = await type('npx vitest run --dir acme');
    expect(tested).toMatchObject({ code: 0 });
    expect(tested.output).toMatch(/Tests +\d+ passed/);
  }, 120_000);

  it('makes it the adapter of another system, of the right types', async () => {
    expect(await type('rm -r acme/client acme/documents acme/queries')).toMatchObject({ code: 0 });
    for (const file of await readdir(WORK)) await copyFile(join(WORK, file), join(folder, 'acme', file));
    await rename(join(folder, 'acme/conformance-test.ts'), join(folder, 'acme/conformance.test.ts'));
    expect(await type('npx tsc --noEmit --project acme')).toEqual({ code: 0, output: '' });
  }, 120_000);

  it('passes the conformance suite', async () => {
    const tested = await type('npx vitest run --dir acme');
    expect(tested.output).not.toContain('FAIL');
    expect(tested).toMatchObject({ code: 0 });
    expect(Number(/Tests +(\d+) passed/.exec(tested.output)?.[1])).toBeGreaterThan(20);
  }, 120_000);

  it('checks it as a configured source: what passes, what fails, what could not be checked', async () => {
    await writeFile(join(folder, 'kcigraph.yaml'), CONFIG);
    const checked = await type('npx kcigraph check acme');
    expect(checked.output).toMatch(/\d+ passed, 0 failed, \d+ skipped; \d+ calls in/);
    expect(checked.code).toBe(0);
  }, 120_000);

  it('is told by the check what is wrong, with an exit code of 1', async () => {
    await copyFile(join(folder, 'acme/queries.ts'), join(folder, 'queries.kept'));
    const queries = join(folder, 'acme/queries.ts');
    const text = await readFile(queries, 'utf8');
    // A page that begins at the last row taken, rather than behind it.
    await writeFile(queries, text.replace('{ order, first, after,', '{ order, first, after: null,'));
    const checked = await type('npx kcigraph check acme');
    await rename(join(folder, 'queries.kept'), queries);
    expect(checked.output).toMatch(/^FAILED {3}paging: /m);
    expect(checked.code).toBe(1);
  }, 120_000);

  it('uses the very test that the guide shows', async () => {
    expect(blocksIn('ts')).toContain(await readFile(join(WORK, 'conformance-test.ts'), 'utf8'));
  });

  it('serves it while it is worked on, and starts again when its code changes', async () => {
    const line = 'npx node --watch node_modules/.bin/kcigraph serve';
    expect(COMMANDS).toContain(line);
    const gateway = await startCommand('npx', line.split(' ').slice(1), folder, { ACME_URL: acme.url, PORT: '0' });
    try {
      const queries = join(folder, 'acme/queries.ts');
      await writeFile(queries, `${await readFile(queries, 'utf8')}\n// Changed.\n`);
      await expect.poll(() => gateway.output().match(/ listens on /g), { timeout: 30_000 }).toHaveLength(2);
    } finally {
      await gateway.stop();
    }
  }, 120_000);

  it('compiles and packs it, and the package serves in the place of the path', async () => {
    expect(await type('npx tsc --project acme')).toEqual({ code: 0, output: '' });
    const packed = await type('npm pack ./acme');
    expect(packed.code).toBe(0);
    expect(packed.output).not.toContain('.test.');
    expect(await run('npm', 'install', ...NPM_QUIETLY, './kcigraph-adapter-acme-0.1.0.tgz')).toMatchObject({ code: 0 });
    const path = join(folder, 'kcigraph.yaml');
    const config = await readFile(path, 'utf8');
    await writeFile(path, config.replace('"./acme/adapter.ts"', 'kcigraph-adapter-acme'));
    const checked = await type('npx kcigraph check acme');
    expect(checked.output).toContain(', 0 failed, ');
    expect(checked.code).toBe(0);
  }, 120_000);

  it('serves it through the gateway, joined and paged', async () => {
    const gateway = await startCommand(join(folder, 'node_modules/.bin/kcigraph'), ['serve', '--port', '0'], folder, {
      ACME_URL: acme.url,
    });
    try {
      const { data, errors } = await ask(gateway, {
        query: `{
          revision(gitCommitHash: "005e1f0a7c2b") {
            gitCommitHash
            checkouts(first: 50) { nodes { treeName gitRepositoryUrl misc builds { nodes { id status tests(first: 3) { nodes { id path status } } } } } }
          }
          tests(first: 120, filter: { status: [FAIL], platform: ["rpi4"] }) { nodes { id status environment { misc } } }
          build(id: "acme:job-1") { status checkout { id } }
          sources { name adapter state }
        }`,
      });
      expect(errors ?? []).toEqual([]);
      expect(data.revision.checkouts.nodes).toHaveLength(5);
      expect(data.revision.checkouts.nodes[0]).toMatchObject({
        gitRepositoryUrl: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux',
        misc: { acme_pool: 'pool-0' },
      });
      expect(data.revision.checkouts.nodes[0].builds.nodes).toHaveLength(3);
      expect(data.tests.nodes.length).toBeGreaterThan(0);
      for (const test of data.tests.nodes)
        expect(test).toMatchObject({ status: 'FAIL', environment: { misc: { platform: 'rpi4' } } });
      expect(data.build).toEqual({ status: null, checkout: { id: 'acme:run-1' } });
      expect(data.sources).toEqual([{ name: 'acme', adapter: 'acme', state: 'UP' }]);
    } finally {
      expect(await gateway.stop()).toBe(0);
    }
  }, 90_000);
});

/** Data of any shape: each test says what it expects of it. */
async function ask(gateway: RunningCommand, body: object) {
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return JSON.parse(await answer.text());
}
