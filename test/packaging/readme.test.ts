import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandEnv, LAUNCHER, type RunningCommand, startCommand } from '../support/command.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const BLOCKS = [...README.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

describe('README.md', () => {
  let folder: string;
  let gateway: RunningCommand;

  beforeAll(async () => {
    folder = await temporaryFolder();
    gateway = await startCommand(process.execPath, [LAUNCHER, 'serve', '--port', '0'], folder);
  });
  afterAll(async () => {
    await gateway?.stop();
    await removeFolder(folder);
  });

  /** A block as a person types it, but for the port, and for where the data lies. */
  async function type(block: string | undefined): Promise<string> {
    const command = (block ?? 'false')
      .replaceAll('http://127.0.0.1:4000', gateway.url)
      .replaceAll('npx kcigraph', `"${process.execPath}" "${LAUNCHER}"`)
      .replaceAll('examples/', `${ROOT}examples/`);
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', command], {
      cwd: folder,
      env: commandEnv(),
    });
    return stdout;
  }

  it('begins with commands that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(BLOCKS.slice(0, 2)).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n']);
    for (const [, name = ''] of README.matchAll(/npm (?:run )?(start|test(?::\w+)?)/g))
      expect(scripts).toHaveProperty([name]);
    expect(BLOCKS).toHaveLength(5);
  });

  it('submits a document by curl', async () => {
    expect(JSON.parse(await type(BLOCKS[2]))).toMatchObject({ status: 'ok' });
  });

  it('submits several by the command line, beside the running gateway', async () => {
    expect(await type(BLOCKS[3])).toContain('2 of 2 documents stored.');
  });

  it('asks for the commit that was submitted', async () => {
    const { data, errors } = JSON.parse(await type(BLOCKS[4]));
    expect(errors).toBeUndefined();
    expect(data.revision).toMatchObject({
      gitCommitName: 'v6.19-rc4-118-g5e1f0a7c2b9d',
      statusCounts: { fail: 2, total: 6 },
    });
    expect(JSON.stringify(data.revision.tests)).toContain('anvil-2 locks up while it enters suspend-to-RAM');
  });

  it.each(['README.md', 'docs/configuration.md', 'docs/architecture.md', 'docs/adapters.md'])(
    'and %s link to files that exist',
    (file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) => target);
      expect(targets.length).toBeGreaterThan(0);
      for (const target of targets) expect(existsSync(join(dirname(join(ROOT, file)), target)), target).toBe(true);
    },
  );
});
