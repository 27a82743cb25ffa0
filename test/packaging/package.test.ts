import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCommand } from '../support/command.ts';
import { NPM_QUIETLY, type PackedPackage, packPackage } from '../support/packed-package.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);

describe('the package, installed into an empty folder', () => {
  let folder: string;
  let packed: PackedPackage;

  beforeAll(async () => {
    folder = await temporaryFolder();
    packed = await packPackage(folder);
    await run('npm', ['init', '-y'], { cwd: folder });
    await run('npm', ['install', '--omit=dev', ...NPM_QUIETLY, packed.tarball], { cwd: folder });
  }, 240_000);

  afterAll(() => removeFolder(folder));

  it('holds compiled files, their types and what they read, and no sources but those to read: the template and the example clients', () => {
    const paths = packed.files;
    for (const path of [
      'dist/gateway/cli/main.js',
      'dist/examples/demo/demo.js',
      'dist/examples/upstreams/mongodb/build.sh',
      'dist/adapters/contract/adapter.d.ts',
      'dist/schema.graphql',
      'bin/kcigraph.js',
      'README.md',
      'LICENSE',
    ]) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path) => path.endsWith('.sql')).length).toBeGreaterThan(0);
    const sources = paths.filter((path) => /(?<!\.d)\.ts$|^test\/|node_modules/.test(path));
    expect(sources).toContain('dist/adapters/template/adapter.ts');
    expect(sources).toContain('examples/clients/apollo/client.ts');
    const toRead = /^(dist\/adapters\/template|examples\/clients)\//;
    expect(sources.filter((path) => !toRead.test(path))).toEqual([]);
  });

  it('answers a query of what was submitted, and ends when asked', async () => {
    const gateway = await startCommand(join(folder, 'node_modules/.bin/kcigraph'), ['serve', '--port', '0'], folder);
    try {
      const submitted = await fetch(`${gateway.url}/submit`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: await readFile(join(folder, 'node_modules/kcigraph/examples/documents/acme-nightly.json')),
      });
      expect(await submitted.json()).toMatchObject({ status: 'ok' });
      const answer = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ revision(gitCommitHash: "5e1f0a7c2b9d") { statusCounts { total fail } } }' }),
      });
      expect(await answer.json()).toMatchObject({ data: { revision: { statusCounts: { total: 4, fail: 1 } } } });
    } finally {
      expect(await gateway.stop()).toBe(0);
    }
  }, 90_000);

  it('has types for whoever writes an adapter', async () => {
    const types = join(folder, 'node_modules/kcigraph/dist/adapters');
    const { exports } = JSON.parse(await readFile(join(folder, 'node_modules/kcigraph/package.json'), 'utf8'));
    for (const [name, target] of Object.entries<{ types: string; default: string } | string>(exports)) {
      if (typeof target === 'string') continue;
      for (const file of Object.values(target))
        expect(existsSync(join(types, '../..', file)), `${name}: ${file}`).toBe(true);
    }
    const script =
      "const { SourceError } = await import('kcigraph/errors'); console.log(new SourceError('SOURCE_TIMEOUT', 'x').code)";
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
    expect(stdout.trim()).toBe('SOURCE_TIMEOUT');
  });
});
