import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adapter as cki } from '../../../adapters/cki/adapter.ts';
import { adapter as file } from '../../../adapters/template/adapter.ts';
import { commitOf, createCkiData } from '../../../examples/upstreams/cki/data.ts';
import { CkiServer } from '../../../examples/upstreams/cki/server.ts';
import type { SourceConfig } from '../../../gateway/federation/registry.ts';
import { type FaultGateway, startFaultGateway } from '../../e2e/faults/fault-gateway.ts';

const DEADLINE = 8_000;
const [first] = createCkiData({ checkouts: 1 }).checkouts;
const checkoutId = first?.id ?? '';
const buildId = `${checkoutId}-x86_64-kernel`;

let server: CkiServer;
let folder: string;
let gateway: FaultGateway | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcigraph-cki-'));
  server = new CkiServer(createCkiData({ checkouts: 20, builds: 3, tests: 5 }));
  await server.listen();
  await writeFile(join(folder, 'native.json'), JSON.stringify(nativeDocument()));
});
afterEach(async () => {
  await gateway?.close();
  gateway = null;
  await server.close();
  await rm(folder, { recursive: true });
});

/** What a store holds of the same: CKI's checkout as it was handed on, and another system's of the same commit. */
function nativeDocument() {
  const hash = commitOf(0);
  return {
    version: { major: 5, minor: 3 },
    checkouts: [
      { id: checkoutId, origin: 'redhat', git_commit_hash: hash, message_id: '<a@b.example>', tree_name: 'theirs' },
      { id: 'acme:1', origin: 'acme', git_commit_hash: hash, git_commit_name: 'v6.17' },
    ],
    builds: [
      { id: 'acme:b1', origin: 'acme', checkout_id: 'acme:1', status: 'PASS' },
      { id: 'acme:b2', origin: 'acme', checkout_id: checkoutId, status: 'FAIL' },
    ],
    tests: [{ id: 'acme:t1', origin: 'acme', build_id: buildId, status: 'PASS' }],
  };
}

/** The gateway over both, once CKI's checkouts are known. */
async function start(settings: Partial<SourceConfig> = {}, given: object = {}): Promise<FaultGateway> {
  const quick = { rate: null, concurrency: 10, timeout: 5_000, breaker: { failures: 1_000, openFor: 100 } };
  gateway = await startFaultGateway(
    [
      {
        name: 'cki',
        adapter: 'cki',
        options: cki.options.parse({ url: server.url, ...given }),
        priority: 1,
        ...quick,
        ...settings,
      },
      { name: 'native', adapter: 'file', options: file.options.parse({ path: folder }) },
    ],
    undefined,
    DEADLINE,
  );
  const isFilled = async () => (await gateway?.ask('{ source(name: "cki") { detail } }'))?.text ?? '';
  await expect.poll(isFilled, { timeout: 10_000 }).toContain('20 checkouts.');
  return gateway;
}

const shape = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('what CKI and another source know', () => {
  it('of one id is one object with two sources, and of one commit one revision with the objects of both', async () => {
    const { ask } = await start();
    const { data, errors } = await ask(
      `query ($hash: String!, $id: ID!) {
        checkout(id: $id) { id treeName messageId sources }
        byNumber: checkout(id: "301000") { id sources }
        revision(gitCommitHash: $hash) {
          gitCommitName sources
          checkouts { nodes { id sources } }
          builds(first: 50) { nodes { id checkoutId sources } }
          tests(first: 50) { nodes { id sources } }
        }
      }`,
      { hash: commitOf(0), id: checkoutId },
    );
    expect(errors ?? []).toEqual([]);
    const { checkout, byNumber, revision } = shape(data);
    const both = ['cki', 'native'];
    expect(checkout).toEqual({
      id: checkoutId,
      treeName: 'upstream-mainline',
      messageId: '<a@b.example>',
      sources: both,
    });
    expect(byNumber).toEqual({ id: checkoutId, sources: both });
    expect(revision.sources).toEqual(both);
    const idsOf = (list: { nodes: { id: string }[] }) => list.nodes.map(({ id }) => id).sort();
    expect(idsOf(revision.checkouts)).toEqual(['acme:1', checkoutId]);
    const own = server.data.builds.get(checkoutId)?.map(({ id }) => id) ?? [];
    expect(idsOf(revision.builds)).toEqual(['acme:b1', 'acme:b2', ...own].sort());
    const tests = own.flatMap((id) => server.data.tests.get(id)?.map((test) => test.id) ?? []);
    expect(idsOf(revision.tests)).toEqual(['acme:t1', ...tests].sort());
  });

  it('of an incident leads to its issue, its test, and the waived ones show it', async () => {
    const occurrence = server.data.occurrences.find(({ test_id }) => test_id !== null);
    const waived = [...server.data.tests.values()].flat().find((test) => test.waived === true);
    const { ask } = await start();
    const { data, errors } = await ask(
      `query ($id: ID!, $waived: ID!) {
        test(id: $id) { id incidents { nodes { present issue { id comment culprit { code } versions { version } } test { id } } } }
        waived: test(id: $waived) { status misc }
      }`,
      { id: occurrence?.test_id, waived: waived?.id },
    );
    expect(errors ?? []).toEqual([]);
    const answer = shape(data);
    expect(answer.test.incidents.nodes[0]).toMatchObject({
      present: true,
      issue: { id: `redhat:issue_${occurrence?.issue.id}`, comment: occurrence?.issue.description },
      test: { id: occurrence?.test_id },
    });
    expect(answer.waived).toMatchObject({ status: waived?.status ?? null, misc: { waived: true } });
  });
});

describe('requests', () => {
  it('are one for a thousand queries for one cold test', async () => {
    const { ask } = await start();
    const [test] = server.data.tests.get(buildId) ?? [];
    server.delay = 20;
    // As many at once as the gateway works on.
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 200 }, () => ask('query ($id: ID!) { test(id: $id) { id status } }', { id: test?.id })),
      );
      for (const { data } of answers) expect(shape(data).test.id).toBe(test?.id);
    }
    expect(server.requests.filter(({ path }) => path.includes('/kcidb/tests/'))).toHaveLength(1);
  });

  it('never exceed the budget in any window; what does not fit is told in time, and the rest is there', async () => {
    const { ask } = await start({ rate: 2, timeout: 2_500 });
    const { data, errors, ms } = await ask(
      '{ checkouts(first: 10, sources: ["cki"]) { nodes { id builds { nodes { id } } } } }',
    );
    expect(ms).toBeLessThan(DEADLINE);
    expect(shape(data).checkouts.nodes).toHaveLength(10);
    expect(errors).toHaveLength(1);
    for (const { extensions, path } of errors) {
      expect(extensions).toMatchObject({ code: 'SOURCE_RATE_LIMITED', source: 'cki' });
      expect(extensions.count).toBeGreaterThanOrEqual(3);
      expect(extensions.retryAfterMs).toBeGreaterThan(0);
      expect(path.slice(0, 2)).toEqual(['checkouts', 'nodes']);
    }
    const builds = shape(data).checkouts.nodes.flatMap(({ builds }: { builds: { nodes: unknown[] } }) => builds.nodes);
    expect(builds.length).toBeGreaterThanOrEqual(6);
    // It is our own budget: the source is not put to rest for it.
    const again = await ask(`{ checkout(id: "${checkoutId}") { id sources } }`);
    expect(shape(again.data).checkout.sources).toContain('cki');
    await delay(600);
    const came = server.requests.map(({ at }) => at);
    const most = Math.max(...came.map((start) => came.filter((at) => at >= start && at < start + 1_000).length));
    expect(most).toBeLessThanOrEqual(2);
  }, 20_000);

  it('for what others know as well are as many as the rate lets through in a moment, unless they are few', async () => {
    const its = [...server.data.builds.values()].flat().slice(0, 30);
    const wanted = its.map(({ id, checkout_id }) => ({ id, origin: 'redhat', checkout_id, status: 'PASS' }));
    const tests = its.map(({ id }, at) => ({ id: `acme:${at}`, origin: 'acme', build_id: id, status: 'PASS' }));
    const dangling = { id: 'acme:dangling', origin: 'acme', build_id: `${checkoutId}-riscv64-kernel`, status: 'PASS' };
    const document = { version: { major: 5, minor: 3 }, builds: wanted, tests: [...tests, dangling] };
    await writeFile(join(folder, 'native.json'), JSON.stringify(document));
    const { ask } = await start({ rate: 2, timeout: 7_000 });
    const query = `query ($ids: [ID!]) { tests(first: 50, filter: { id: $ids }) { nodes { id build { id checkoutId sources } } } }`;
    const few = await ask(query, { ids: ['acme:0', 'acme:1', 'acme:2'] });
    expect(few.errors ?? []).toEqual([]);
    for (const { build } of shape(few.data).tests.nodes) expect(build.sources).toEqual(['cki', 'native']);
    const { data, errors, extensions, ms } = await ask(query, { ids: [...tests, dangling].map(({ id }) => id) });
    expect(errors ?? []).toEqual([]);
    expect(ms).toBeLessThan(6_000);
    const builds = new Map(shape(data).tests.nodes.map((test: { id: string; build: object }) => [test.id, test.build]));
    for (const { id, build_id } of tests) expect(builds.get(id)).toMatchObject({ id: build_id });
    // Nobody else could know that one: it was waited for.
    expect(builds.get('acme:dangling')).toBeNull();
    expect(server.requests.some(({ path }) => path.endsWith('-riscv64-kernel'))).toBe(true);
    const both = [...builds.values()].filter((build) => JSON.stringify(build).includes('"cki"'));
    // Those that were asked for before, and a few more.
    expect(both.length).toBeGreaterThan(3);
    expect(both.length).toBeLessThan(13);
    const leftOut = (extensions.warnings ?? []).filter(({ path }: { path?: string[] }) => path?.at(-1) === 'build');
    expect(leftOut).toMatchObject([{ extensions: { code: 'SOURCE_TRUNCATED', source: 'cki' } }]);
  }, 20_000);

  it('of people come before the sweep', async () => {
    server.delay = 5;
    gateway = await startFaultGateway([
      {
        name: 'cki',
        adapter: 'cki',
        options: cki.options.parse({ url: server.url, pageSize: 2 }),
        rate: 5,
        concurrency: 1,
        timeout: 2_000,
      },
    ]);
    await delay(500);
    const before = server.requests.length;
    const { data } = await gateway.ask(`{ test(id: "${buildId}_upt_1") { id } build(id: "${buildId}") { id } }`);
    expect(shape(data).build.id).toBe(buildId);
    const since = server.requests.slice(before).map(({ path }) => path.includes('/checkouts?'));
    // At most the one that was under way.
    expect(since.filter(Boolean).length).toBeLessThanOrEqual(1);
  });
});

type Fault = (request: IncomingMessage, response: ServerResponse) => void;
const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain' };
const EMPTY_PAGE = '{"count":0,"next":null,"previous":null,"results":[]}';
const answering =
  (status: number, headers: Readonly<Record<string, string>>, body: string | Buffer): Fault =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };
const page = (value: unknown) => answering(200, JSON_TYPE, JSON.stringify(value));

/** Each fault, the code that it ends in, and what its message says. */
const FAULTS: readonly (readonly [name: string, code: string, says: RegExp, fault: Fault])[] = [
  ['no answer', 'SOURCE_TIMEOUT', /within 1 s/, () => undefined],
  [
    'a body that never ends',
    'SOURCE_TIMEOUT',
    /within 1 s/,
    (_, response) => response.writeHead(200, JSON_TYPE).write('{"count":'),
  ],
  ['a broken connection', 'SOURCE_UNAVAILABLE', /broke off/, (request) => request.socket.destroy()],
  [
    'a wrong length',
    'SOURCE_UNAVAILABLE|SOURCE_BAD_DATA',
    /./,
    (_, response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' });
      response.write('{}');
      response.socket?.end();
    },
  ],
  ['half JSON', 'SOURCE_BAD_DATA', /damaged JSON/, answering(200, JSON_TYPE, '{"count": 1, "results": [{"id"')],
  [
    'an error page with status 200',
    'SOURCE_BAD_DATA',
    /text\/html/,
    answering(200, { 'content-type': 'text/html' }, '<h1>Oops</h1>'),
  ],
  [
    'an error page as JSON',
    'SOURCE_BAD_DATA',
    /"results", and this came: \{"message":"Oops"\}/,
    page({ message: 'Oops' }),
  ],
  [
    'another envelope',
    'SOURCE_BAD_DATA',
    /this came: \{"data":\[\],"link":"\(a URL\)"\}/,
    page({ data: [], link: 'https://host.internal/x' }),
  ],
  ['an empty object', 'SOURCE_BAD_DATA', /this came: \{\}/, page({})],
  ['an empty list, and no page', 'SOURCE_BAD_DATA', /this came: \[\]/, page([])],
  ['null', 'SOURCE_BAD_DATA', /this came: (null|nothing)/, page(null)],
  ['a text', 'SOURCE_BAD_DATA', /this came: x/, page('x')],
  ['rows that are no records', 'SOURCE_BAD_DATA', /this came: 1/, page({ count: 2, next: null, results: [1, 2] })],
  ['an empty body', 'SOURCE_BAD_DATA', /damaged JSON/, answering(200, JSON_TYPE, '')],
  ['no content', 'SOURCE_BAD_DATA', /no known content type/, answering(204, {}, '')],
  ['the right body under another type', 'SOURCE_BAD_DATA', /text\/plain/, answering(200, TEXT_TYPE, EMPTY_PAGE)],
  ['a way to a login page', 'SOURCE_UNAVAILABLE', /redirects/, answering(302, { location: '/accounts/login' }, '')],
  [
    'the first page for every offset',
    'SOURCE_BAD_DATA',
    /does not count rows/,
    (request, response) => {
      const isFirst = !String(request.url).includes('offset=');
      const row = (number: number) => ({ id: `${checkoutId}-${number}`, origin: 'redhat', checkout_id: checkoutId });
      const results = Array.from({ length: 4 }, (_, number) => row(isFirst ? number : number + 10));
      page({ count: 100, next: 'https://host.internal/x', previous: null, results })(request, response);
    },
  ],
  [
    'status 500',
    'SOURCE_UNAVAILABLE',
    /status 500/,
    answering(500, { 'content-type': 'text/html' }, '<h1>Server Error (500)</h1>'),
  ],
  [
    'a redirect off the host',
    'SOURCE_UNAVAILABLE',
    /redirects are not followed/,
    (_, response) => {
      response.writeHead(302, { location: `${server.url}/stolen` }).end();
    },
  ],
  ['401', 'SOURCE_UNAVAILABLE', /credentials/, answering(401, JSON_TYPE, '{"detail":"Invalid token."}')],
  [
    '403',
    'SOURCE_UNAVAILABLE',
    /credentials/,
    answering(403, JSON_TYPE, '{"detail":"You do not have permission to perform this action."}'),
  ],
  [
    '404 that is no answer of the framework',
    'SOURCE_BAD_DATA',
    /status 404.*Not Found/,
    answering(404, { 'content-type': 'text/html' }, '<h1>Not Found</h1>'),
  ],
  [
    'a gzip bomb',
    'SOURCE_BAD_DATA',
    /larger than/,
    (_, response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(BOMB);
    },
  ],
  ['429 without a word', 'SOURCE_RATE_LIMITED', /fewer requests/, answering(429, {}, '')],
  [
    '429 in the framework’s words',
    'SOURCE_RATE_LIMITED',
    /fewer requests/,
    answering(429, JSON_TYPE, '{"detail":"Request was throttled. Expected available in 7 seconds."}'),
  ],
];
const BOMB = gzipSync(Buffer.alloc(100 * 1024 * 1024, ' '));

describe('a fault of the source', () => {
  it.each(FAULTS)('%s ends in %s, in time, and costs no other its data', async (_, code, says, fault) => {
    const { ask } = await start(
      { restAfter429: 300, timeout: code === 'SOURCE_TIMEOUT' ? 1_000 : 5_000 },
      { pageSize: 4 },
    );
    const known = server.requests.length;
    server.fault = (request, response) => {
      if (!String(request.url).includes('/builds?')) return false;
      fault(request, response);
      return true;
    };
    const memory = process.memoryUsage().rss;
    const { data, errors, ms } = await ask(
      `{ checkout(id: "${checkoutId}") { id sources builds(first: 20) { nodes { id status } } } }`,
    );
    expect(ms).toBeLessThan(DEADLINE);
    const { checkout } = shape(data);
    expect(checkout.sources).toEqual(['cki', 'native']);
    expect(checkout.builds.nodes).toContainEqual({ id: 'acme:b2', status: 'FAIL' });
    expect(errors.length).toBeGreaterThan(0);
    for (const { message, extensions } of errors) {
      expect(extensions.source).toBe('cki');
      expect(extensions.code).toMatch(new RegExp(`^(${code})$`));
      expect(message).toMatch(says);
      expect(message).not.toMatch(/127\.0\.0\.1|host\.internal|stolen/);
    }
    expect(server.requests.slice(known).filter(({ path }) => path.includes('stolen'))).toEqual([]);
    expect(process.memoryUsage().rss - memory).toBeLessThan(300 * 1024 * 1024);
  });

  it('of one row costs that row', async () => {
    const builds = server.data.builds.get(checkoutId) ?? [];
    builds.splice(1, 0, { id: `${checkoutId}-broken`, origin: 'redhat', checkout_id: 17 });
    builds.push({ ...builds[0], id: builds[0]?.id ?? '' });
    const { ask } = await start();
    const { data, errors } = await ask(
      `{ checkout(id: "${checkoutId}") { builds(first: 20, filter: { origin: ["redhat"] }) { nodes { id } } } }`,
    );
    expect(shape(data).checkout.builds.nodes).toHaveLength(3);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      message: expect.stringMatching(/checkout_id/),
      extensions: { code: 'SOURCE_BAD_DATA', source: 'cki' },
    });
  });
});
