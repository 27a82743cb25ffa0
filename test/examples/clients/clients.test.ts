import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishedGateway } from '../../gateway/http/published-gateway.ts';
import { hasGql, PYTHON } from '../../support/gql/python.ts';
import { COMMIT, startTwoSystems } from './two-systems.ts';

const CLIENTS = fileURLToPath(new URL('../../../examples/clients/', import.meta.url));
const ALL = [
  ['Apollo Client', process.execPath, 'apollo/commit.ts', true],
  ['urql', process.execPath, 'urql/commit.ts', true],
  ['Python with gql', PYTHON, 'python/commit.py', hasGql()],
] as const;

let gateway: PublishedGateway;
let partial: PublishedGateway;
beforeAll(async () => {
  [gateway, partial] = await Promise.all([startTwoSystems(), startTwoSystems()]);
  partial.fail('bravo');
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await partial?.[Symbol.asyncDispose]();
});

describe.each(ALL.filter(([, , , present]) => present))('%s', (_, program, script) => {
  const run = async (url: string, commit = COMMIT) => {
    const { stdout } = await promisify(execFile)(program, [CLIENTS + script, `${url}/graphql`, commit]);
    return stdout.trimEnd().split('\n');
  };

  it('tells what became of a commit, over several pages and each failure once', async () => {
    const [summary, ...failures] = await run(gateway.url);
    expect(summary).toBe(
      'v6.19-rc4-118-g5e1f0a7c2b9d (from acme, bravo): FAIL; 61 of 64 tests failed, 0 have not ended.',
    );
    expect(failures).toHaveLength(61);
    expect(new Set(failures).size).toBe(61);
    expect(failures).toContain(
      'FAIL power.suspend.mem at acme, unknown hardware: anvil-2 locks up while it enters suspend-to-RAM',
    );
  });

  it('shows what there is where a source does not answer, and names that source', async () => {
    const lines = await run(partial.url);
    expect(lines[0]).toMatch(/^v6\.19-rc4-118-g5e1f0a7c2b9d \(from acme\): /);
    expect(lines.filter((line) => line.startsWith('FAIL '))).toHaveLength(1);
    expect(lines).toContain('No answer from bravo: SOURCE_UNAVAILABLE');
  });

  it('says so of a commit that nobody knows', async () => {
    const unknown = 'ab'.repeat(20);
    expect(await run(gateway.url, unknown)).toEqual([`${unknown}: nobody who answered knows this commit.`]);
  });

  it('repeats why a question was refused', async () => {
    expect((await run(gateway.url, 'abc')).at(-1)).toMatch(/^BAD_USER_INPUT: "abc" is no commit: /);
  });

  it('ends with an error where nobody is there', async () => {
    await expect(run('http://127.0.0.1:1')).rejects.toThrow();
  });
});
