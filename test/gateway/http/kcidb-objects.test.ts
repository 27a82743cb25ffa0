import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usePostgres } from '../../support/postgres.ts';
import { type NativeGateway, startNativeGateway } from './native-gateway.ts';

const postgres = usePostgres();
let gateway: NativeGateway;

beforeAll(async () => {
  gateway = await startNativeGateway(await postgres.migrated(), { open: true });
});
afterAll(() => gateway.close());

async function post(route: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${gateway.url}${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return await response.json();
}

async function submit(objects: object): Promise<void> {
  expect(await post('/submit', { version: { major: 5, minor: 3 }, ...objects })).toMatchObject({ status: 'ok' });
}

const ask = (query: string) => post('/graphql', { query });
const test = (origin: string, id: string, more: object = {}) => ({
  ...{ id: `${origin}:${id}`, origin, build_id: `${origin}:b`, path: 'x', status: 'FAIL' },
  ...more,
});
const incident = (origin: string, id: string, more: object) => ({
  ...{ id: `${origin}:${id}`, origin, issue_id: `${origin}:i`, issue_version: 1 },
  ...more,
});
const page = (...ids: readonly string[]) => ({ totalCount: ids.length, nodes: ids.map((id) => ({ id })) });

it('an issue that was ruled out, or that nobody has looked at, explains no failure', async () => {
  await submit({
    issues: [{ id: 'p:i', origin: 'p', version: 1 }],
    tests: ['none', 'present', 'ruled-out', 'open'].map((id) => test('p', id)),
    builds: ['b', 'c'].map((id) => ({ id: `p:${id}`, origin: 'p', checkout_id: 'p:c', status: 'FAIL' })),
    incidents: [
      incident('p', 'n1', { test_id: 'p:present', present: true }),
      incident('p', 'n2', { test_id: 'p:ruled-out', present: false }),
      incident('p', 'n3', { test_id: 'p:open' }),
      incident('p', 'n4', { build_id: 'p:b', present: false }),
      incident('p', 'n5', { build_id: 'p:c', present: true }),
    ],
  });
  const lists = `
    tests(filter: { origin: ["p"], hasIncident: IS }) { totalCount nodes { id } }
    builds(filter: { origin: ["p"], hasIncident: IS }) { totalCount nodes { id } }`;
  expect(await ask(`{ ${lists.replaceAll('IS', 'false')} }`)).toMatchObject({
    data: { tests: page('p:none', 'p:open', 'p:ruled-out'), builds: page('p:b') },
  });
  expect(await ask(`{ ${lists.replaceAll('IS', 'true')} }`)).toMatchObject({
    data: { tests: page('p:present'), builds: page('p:c') },
  });
});

it('a placeholder build is in no count, and its tests are in those of their checkout', async () => {
  const hash = 'a'.repeat(40);
  await submit({
    checkouts: [{ id: 'maestro:c', origin: 'maestro', git_commit_hash: hash }],
    builds: [
      { id: 'maestro:b', origin: 'maestro', checkout_id: 'maestro:c', status: 'PASS', architecture: 'arm64' },
      { id: 'maestro:dummy_c_um', origin: 'maestro', checkout_id: 'maestro:c', architecture: 'um' },
    ],
    tests: [test('maestro', 't', { build_id: 'maestro:dummy_c_um', path: 'kunit' })],
  });
  const counts = 'statusCounts { pass none total }';
  const answer = await ask(`{
    revision(gitCommitHash: "${hash}") {
      statusCounts { verdict fail total }
      builds { totalCount ${counts} }
      checkouts { nodes { builds { ${counts} } tests { totalCount } } }
    }
    builds(filter: { origin: ["maestro"] }) { totalCount ${counts} }
    byTree: builds(filter: { gitCommitHash: { in: ["${hash}"] } }) { ${counts} }
    tests(filter: { architecture: ["um"], gitCommitHash: { in: ["${hash}"] } }) { totalCount }
    build(id: "maestro:dummy_c_um") { id tests { totalCount } }
    test(id: "maestro:t") { build { id } }
  }`);
  const one = { pass: 1, none: 0, total: 1 };
  expect(answer).toMatchObject({
    data: {
      revision: {
        statusCounts: { verdict: 'FAIL', fail: 1, total: 1 },
        builds: { totalCount: 1, statusCounts: one },
        checkouts: { nodes: [{ builds: { statusCounts: one }, tests: { totalCount: 1 } }] },
      },
      builds: { totalCount: 1, statusCounts: one },
      byTree: { statusCounts: one },
      tests: { totalCount: 1 },
      build: { id: 'maestro:dummy_c_um', tests: { totalCount: 1 } },
      test: { build: { id: 'maestro:dummy_c_um' } },
    },
  });
});

it('an edit of an issue hides none of its incidents', async () => {
  const seen = (id: string, version: number) =>
    incident('e', id, { issue_id: 'e:i', issue_version: version, test_id: 'e:t', present: true });
  await submit({ issues: [{ id: 'e:i', origin: 'e', version: 1 }], incidents: [seen('1', 1), seen('2', 1)] });
  await submit({ issues: [{ id: 'e:i', origin: 'e', version: 20_260_501_101_105 }], incidents: [seen('3', 7)] });
  const answer = await ask(`{
    issues(filter: { id: ["e:i"] }) { nodes {
      version
      incidents(filter: { present: [true] }) { totalCount }
      first: incidents(filter: { issueVersion: [1] }) { totalCount nodes { id } }
    } }
    issue(id: "e:i", version: 1) { incidents { totalCount } }
  }`);
  expect(answer).toMatchObject({
    data: {
      issues: {
        nodes: [{ version: 20_260_501_101_105, incidents: { totalCount: 3 }, first: page('e:1', 'e:2') }],
      },
      issue: { incidents: { totalCount: 3 } },
    },
  });
});

describe('paths', () => {
  const filtered = (path: string) =>
    ask(`{ tests(filter: { origin: ["m"], path: ${path} }) { totalCount nodes { id } } }`);

  beforeAll(() =>
    submit({
      tests: [
        test('m', '0', { path: 'ltp.a' }),
        test('m', '1', { path: 'ltp-commands.b' }),
        test('m', '2', { path: 'ltp-mm.c' }),
        test('m', '3', { path: 'kselftest.ltp' }),
      ],
    }),
  );

  it.each([
    ['below a node', '{ under: "ltp" }', ['m:0']],
    ['by their beginning', '{ prefix: "ltp" }', ['m:0', 'm:1', 'm:2']],
    ['by their beginning, where nothing begins so', '{ prefix: "LTP" }', []],
    ['by what they contain, in any case', '{ contains: "MM.c" }', ['m:2']],
    ['by what they contain, which is no pattern', '{ contains: "%" }', []],
    ['by both', '{ prefix: "ltp", contains: "COMM" }', ['m:1']],
    ['by a beginning that no text can have', '{ prefix: "l\\u0000" }', []],
  ])('are found %s', async (_, path, ids) => {
    expect(await filtered(path)).toMatchObject({ data: { tests: page(...ids) } });
  });
});

it('a mail is found with and without the brackets of its header, however it was stored', async () => {
  await submit({
    checkouts: [
      { id: 'n:bracketed', origin: 'n', message_id: '<20260501.x@host>' },
      { id: 'n:bare', origin: 'n', message_id: '20260501.x@host' },
      { id: 'n:other', origin: 'n', message_id: '<20260501.x@host.example>' },
    ],
  });
  const found = page('n:bare', 'n:bracketed');
  for (const id of ['20260501.x@host', '<20260501.x@host>']) {
    expect(await ask(`{ checkouts(filter: { messageId: ["${id}"] }) { totalCount nodes { id } } }`)).toMatchObject({
      data: { checkouts: found },
    });
  }
});

it('a commit that is known only with patches is null, with an error that names these', async () => {
  const hash = '8'.repeat(40);
  const patchset = 'e'.repeat(64);
  const checkout = { origin: 'a', git_commit_hash: hash };
  await submit({ checkouts: [{ ...checkout, id: 'a:c', patchset_hash: patchset }] });
  for (const given of [hash, hash.slice(0, 12)]) {
    expect(await ask(`{ revision(gitCommitHash: "${given}") { gitCommitHash } }`)).toMatchObject({
      data: { revision: null },
      errors: [
        {
          message: expect.stringContaining(patchset),
          path: ['revision'],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
  }
  const found = `{ revision(gitCommitHash: "${hash}", patchsetHash: "${patchset}") { patchsetHash } }`;
  expect(await ask(found)).toMatchObject({ data: { revision: { patchsetHash: patchset } } });
  await submit({ checkouts: [{ ...checkout, id: 'a:d' }] });
  expect(await ask(`{ revision(gitCommitHash: "${hash}") { patchsetHash } }`)).toMatchObject({
    data: { revision: { patchsetHash: '' } },
  });
});
