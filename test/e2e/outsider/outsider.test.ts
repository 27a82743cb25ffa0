import { execFile } from 'node:child_process';
import { copyFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { commandEnv, type RunningCommand, startCommand } from '../../support/command.ts';
import { NPM_QUIETLY, packPackage } from '../../support/packed-package.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { type AcmeServer, startAcmeServer } from './acme-server.ts';

const WORK = fileURLToPath(new URL('./acme/', import.meta.url));
const { vitest, typescript } = manifest.devDependencies;
const TYPES = manifest.devDependencies['@types/node'];

describe('somebody from outside, with the package alone and the words of docs/adapters.md', () => {
  let folder: string;
  let acme: AcmeServer;

  /** A command as it is typed in the working folder; what it printed, whatever its exit code. */
  async function type(command: string, ...args: readonly string[]) {
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
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    const tools = [`vitest@${vitest}`, `typescript@${typescript}`, `@types/node@${TYPES}`];
    const installed = await type('npm', 'install', ...NPM_QUIETLY, tarball, ...tools);
    expect(installed).toMatchObject({ code: 0 });
  }, 300_000);
  afterAll(async () => {
    await acme.close();
    await removeFolder(folder);
  });

  it('copies the template, which is right as it is: its types, and its own test', async () => {
    expect(await type('npx', 'kcigraph', 'new', 'acme')).toMatchObject({ code: 0 });
    expect(await type('npx', 'tsc', '--noEmit', '--project', 'acme')).toEqual({ code: 0, output: '' });
    const tested = await type('npx', 'vitest', 'run', '--dir', 'acme');
    expect(tested).toMatchObject({ code: 0 });
    expect(tested.output).toMatch(/Tests +\d+ passed/);
  }, 120_000);

  it('makes it the adapter of another system, of the right types', async () => {
    for (const gone of ['client', 'documents', 'queries']) await rm(join(folder, 'acme', gone), { recursive: true });
    for (const file of await readdir(WORK)) await copyFile(join(WORK, file), join(folder, 'acme', file));
    await rename(join(folder, 'acme/conformance-test.ts'), join(folder, 'acme/conformance.test.ts'));
    expect(await type('npx', 'tsc', '--noEmit', '--project', 'acme')).toEqual({ code: 0, output: '' });
  }, 120_000);

  it('passes the conformance suite', async () => {
    const tested = await type('npx', 'vitest', 'run', '--dir', 'acme');
    expect(tested.output).not.toContain('FAIL');
    expect(tested).toMatchObject({ code: 0 });
    expect(Number(/Tests +(\d+) passed/.exec(tested.output)?.[1])).toBeGreaterThan(20);
  }, 120_000);

  it('checks it as a configured source: what is right, what is wrong, what could not be judged', async () => {
    await writeFile(
      join(folder, 'kcigraph.yaml'),
      `sources:\n  acme: { adapter: "./acme/adapter.ts", url: "\${ACME_URL}", token: let-me-in }\n`,
    );
    const checked = await type('npx', 'kcigraph', 'check', 'acme');
    expect(checked.output).toMatch(/\d+ right, 0 wrong, \d+ not judged; \d+ calls in/);
    expect(checked.code).toBe(0);
  }, 120_000);

  it('is told by the check what is wrong, with an exit code of 1', async () => {
    await copyFile(join(folder, 'acme/queries.ts'), join(folder, 'queries.kept'));
    const queries = join(folder, 'acme/queries.ts');
    const text = await promisify(execFile)('cat', [queries]).then(({ stdout }) => stdout);
    // A page that begins at the last row taken, rather than behind it.
    await writeFile(queries, text.replace('{ order, first, after,', '{ order, first, after: null,'));
    const checked = await type('npx', 'kcigraph', 'check', 'acme');
    await rename(join(folder, 'queries.kept'), queries);
    expect(checked.output).toMatch(/^WRONG {7}paging: /m);
    expect(checked.code).toBe(1);
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
