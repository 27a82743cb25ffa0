import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../support/command.ts';
import { configFolder } from '../../support/config-folder.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples/documents', import.meta.url));

describe('commands of the embedded store, one after the other', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => removeFolder(folder));
  const builtIn = () => `Configuration: none, so the built-in one, with the data in ${join(folder, 'data')}.`;

  it('none of those that change or read a store makes one by accident', async () => {
    for (const args of [['migrate'], ['purge', '--before', '2026-01-01', '--yes'], ['check', 'native']]) {
      const { code, stdout, stderr } = await runCommand(args, folder);
      expect(code).toBe(2);
      expect(stdout).toBe(`${builtIn()}\n`);
      expect(stderr).toContain(`There is no configuration file and no store in ${join(folder, 'data')}: name`);
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it('migrate tells what it applied, and that there is nothing left', async () => {
    const file = join(folder, 'other.yaml');
    await writeFile(file, 'sources: { native: { adapter: postgres, url: "embedded:./data" } }\n');
    const first = await runCommand(['migrate', '--config', file], folder);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(/^Configuration: \S+\/other\.yaml\.\nnative: applied 1, \w+\.\n/);
    const second = await runCommand(['migrate'], folder);
    expect(second).toMatchObject({ code: 0, stdout: `${builtIn()}\nnative: up to date.\n` });
  });

  it('with a configuration purge and check make no store either', async () => {
    const file = join(folder, 'missing.yaml');
    await writeFile(file, 'sources: { native: { adapter: postgres, url: "embedded:./missing" } }\n');
    for (const args of [
      ['purge', '--before', '2026-01-01'],
      ['check', 'native'],
    ]) {
      const { code, stderr } = await runCommand([...args, '--config', file], folder);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: `There is no store of the source "native" in ${join(folder, 'missing')} yet.\n`,
      });
    }
    expect(await readdir(folder)).not.toContain('missing');
  });

  it('purge counts first, and removes when told to', async () => {
    const example = join(EXAMPLES, 'acme-nightly.json');
    expect(await runCommand(['submit', example], folder)).toMatchObject({ code: 0 });
    const counted = await runCommand(['purge', '--before', '2999-01-01'], folder);
    expect(counted.stdout).toMatch(/^Configuration: none, so the built-in one, .*\n/);
    expect(counted.stdout).toContain('1 checkout, 2 builds, 4 tests, 1 issue, 1 incident would be removed');
    const none = await runCommand(['purge', '--before', '2999-01-01', '--origin', 'bravo', '--yes'], folder);
    expect(none.stdout).toContain('0 checkouts, 0 builds, 0 tests, 0 issues, 0 incidents were removed');
    const removed = await runCommand(
      ['purge', '--before', '2999-01-01T00:00:00+01:00', '--origin', 'acme', '--yes'],
      folder,
    );
    expect(removed.stdout).toContain('4 tests');
    const left = await runCommand(['purge', '--before', '2999-01-01'], folder);
    expect(left.stdout).toContain('0 checkouts, 0 builds, 0 tests, 0 issues, 0 incidents would be removed');
  });

  it('check asks the live source for what the contract promises', async () => {
    expect(await runCommand(['submit', join(EXAMPLES, 'acme-nightly.json')], folder)).toMatchObject({ code: 0 });
    const { code, stdout } = await runCommand(['check', 'native'], folder);
    expect(stdout.startsWith(`${builtIn()}\n`)).toBe(true);
    expect(stdout).toMatch(/\d+ passed, 0 failed/);
    expect(code).toBe(0);
  }, 120_000);
});

describe('a store that cannot be used', () => {
  it('is told apart from success, in a sentence without credentials', async () => {
    const folder = await configFolder({
      'kcigraph.yaml': 'sources: { a: { adapter: postgres, url: "postgres://user:hunter2@127.0.0.1:1/x" } }\n',
    });
    for (const args of [['migrate'], ['purge', '--before', '2026-01-01'], ['check', 'a']]) {
      const { code, stderr } = await runCommand(args, folder);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^a(?: cannot be checked)?: The database is not reachable: .*\n$/);
      expect(stderr).not.toContain('hunter2');
      expect(stderr).not.toMatch(/^\s+at /m);
    }
  });
});
