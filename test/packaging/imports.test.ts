import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFaults } from '../../scripts/check-imports.ts';
import { countCircles } from '../../scripts/house.ts';
import { configFolder } from '../support/config-folder.ts';

async function check(...files: readonly (readonly [path: string, text: string])[]): Promise<string> {
  const root = await configFolder();
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return importFaults(root).join('\n');
}

describe('the check of the direction of imports', () => {
  it('lets pass what points the right way', async () => {
    expect(
      await check(
        ['gateway/http/a.ts', "import '../graphql/b.ts';\nexport * from '../federation/c.ts';\n"],
        ['gateway/graphql/b.ts', "import type { D } from './resolvers/d.ts';\n"],
        [
          'adapters/acme/adapter.ts',
          "import '../contract/adapter.ts';\nimport '../kit/upstream.ts';\nimport './client.ts';\n",
        ],
      ),
    ).toBe('');
  });

  it.each([
    ['an adapter that imports from the gateway', 'adapters/acme/client.ts', '../../gateway/federation/registry.ts'],
    ['an adapter that imports from another one', 'adapters/acme/client.ts', '../postgres/pool.ts'],
    ['the kit that imports from an adapter', 'adapters/kit/upstream.ts', '../postgres/pool.ts'],
    ['the contract that imports from the kit', 'adapters/contract/adapter.ts', '../kit/upstream.ts'],
    ['the app that imports from the command line', 'gateway/app/gateway.ts', '../cli/command.ts'],
    ['the command line that imports from the server', 'gateway/cli/serve.ts', '../http/server.ts'],
    ['federation that imports from the server', 'gateway/federation/registry.ts', '../http/metrics.ts'],
    ['resolvers that import from the executor', 'gateway/graphql/resolvers/query.ts', '../executor.ts'],
    [
      'an adapter named outside the one registry',
      'gateway/federation/registry.ts',
      '../../adapters/postgres/adapter.ts',
    ],
    ['a gateway that imports from the tests', 'gateway/http/a.ts', '../../test/support/command.ts'],
  ])('catches %s', async (_, file, target) => {
    expect(await check([file, `import type { X } from '${target}';\n`])).toContain(`${file} `);
    expect(await check([file, `export const x = await import('${target}');\n`])).toContain(`${file} `);
  });
});

it('counts the groups of files that import each other as circles', () => {
  expect(countCircles([])).toBe(0);
  const line = [['a', 'b'] as const, ['b', 'c'] as const, ['a', 'c'] as const];
  expect(countCircles(line)).toBe(0);
  expect(countCircles([...line, ['c', 'a']])).toBe(1);
  expect(countCircles([...line, ['c', 'b'], ['d', 'e'], ['e', 'd'], ['d', 'a']])).toBe(2);
});
