import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { ArrayAdapter } from '../../support/array-adapter.ts';
import { knownDocuments } from '../../support/array-subject.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';

const documents = knownDocuments();
const half = (odd: boolean) => documents.filter((_, index) => (index % 2 === 1) === odd);
const DOWN = new SourceError('SOURCE_UNAVAILABLE', 'The source is out of order.', { retryAfterMs: 500 });

let good: ArrayAdapter;
let bad: ArrayAdapter;
let gateway: FederatedGateway;

beforeEach(() => {
  good = new ArrayAdapter({ documents: half(false) });
  bad = new ArrayAdapter({ documents: half(true) });
  const patient = { failures: 1_000, openFor: 1 };
  gateway = new FederatedGateway([
    { name: 'good', adapter: good, breaker: patient },
    { name: 'bad', adapter: bad, breaker: patient },
  ]);
});
afterEach(() => {
  bad.failure = null;
});

interface Lists {
  readonly [field: string]: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  };
}

describe('a source that fails', () => {
  it('costs its own data only, and is named with its code at the field that asked', async () => {
    bad.failure = DOWN;
    const { data, errors } = await gateway.ask<Lists>(
      '{ tests(first: 500) { nodes { id build { id } incidents { nodes { id } } } pageInfo { hasNextPage endCursor } } }',
    );
    expect(data.tests?.nodes).toHaveLength(good.rows.all('test').length);
    expect(data.tests?.pageInfo.hasNextPage).toBe(false);
    const extensions = { code: 'SOURCE_UNAVAILABLE', source: 'bad', retryAfterMs: 500 };
    const among = { ...extensions, count: expect.any(Number) };
    expect(errors.map(({ extensions }) => extensions)).toEqual([extensions, among, among]);
    const [first, ...below] = errors.map(({ path }) => path);
    expect(first).toEqual(['tests']);
    // Fields of one level are asked at once: which of them fails first is open.
    expect(below.sort((one, other) => String(one?.at(-1)).localeCompare(String(other?.at(-1))))).toEqual([
      ['tests', 'nodes', expect.any(Number), 'build'],
      ['tests', 'nodes', expect.any(Number), 'incidents'],
    ]);
  });

  it('keeps its place in the cursor, and gives what it has when it is back', async () => {
    bad.failure = DOWN;
    const query =
      'query ($c: String) { tests(first: 500, after: $c) { nodes { id } pageInfo { hasNextPage endCursor } } }';
    const first = await gateway.ask<Lists>(query);
    bad.failure = null;
    const second = await gateway.ask<Lists>(query, { c: first.data.tests?.pageInfo.endCursor });
    expect(second.errors).toEqual([]);
    expect(second.data.tests?.nodes).toHaveLength(bad.rows.all('test').length);
  });

  it('makes counts unknown, which cannot be exact without it', async () => {
    bad.failure = DOWN;
    const { data, errors } = await gateway.ask('{ tests { totalCount statusCounts { total } } }');
    expect(data).toEqual({ tests: { totalCount: null, statusCounts: null } });
    expect(errors).toHaveLength(1);
  });

  it('leaves an empty list where it was alone', async () => {
    bad.failure = DOWN;
    const { data, errors } = await gateway.ask('{ tests(sources: ["bad"]) { nodes { id } pageInfo { hasNextPage } } }');
    expect(data).toEqual({ tests: { nodes: [], pageInfo: { hasNextPage: false } } });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['SOURCE_UNAVAILABLE']);
  });

  it('is told as a fault of its adapter where it throws anything else, with nothing of it shown', async () => {
    Reflect.set(bad, 'failure', new TypeError('cannot read secret of undefined at /srv/adapter.ts'));
    const { errors } = await gateway.ask('{ tests { nodes { id } } }');
    expect(errors.map(({ extensions, message }) => [extensions.code, message])).toEqual([
      ['SOURCE_BAD_DATA', 'The answer of the source "bad" could not be understood.'],
    ]);
    expect(gateway.log).toEqual([expect.objectContaining({ source: 'bad', call: 'list', err: expect.any(TypeError) })]);
  });

  it('that is slow is left behind at its time-out', async () => {
    const slow = new ArrayAdapter({ documents: half(true), latencyMs: 5_000 });
    const timed = new FederatedGateway([
      { name: 'good', adapter: good },
      { name: 'slow', adapter: slow, timeout: 50 },
    ]);
    const start = performance.now();
    const { data, errors } = await timed.ask<Lists>('{ tests(first: 500) { nodes { id build { id } } } }');
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(slow.requests).toBe(1);
    expect(data.tests?.nodes).toHaveLength(good.rows.all('test').length);
    expect(errors.map(({ extensions }) => extensions)).toEqual(
      errors.map(() => expect.objectContaining({ code: 'SOURCE_TIMEOUT', source: 'slow' })),
    );
    // It answers a probe, so that the time-out of one question does not count against it.
    await expect.poll(() => timed.registry.get('slow')?.state.name).toBe('UP');
  });

  it('that takes its time at every level uses up its own, and not what others need before the deadline', async () => {
    const slow = new ArrayAdapter({ documents: half(true), latencyMs: 300 });
    const timed = new FederatedGateway([
      { name: 'good', adapter: good },
      { name: 'slow', adapter: slow, timeout: 400 },
    ]);
    const ended = new AbortController();
    setTimeout(() => ended.abort(), 800);
    const { data, errors } = await timed.ask<Lists>(
      '{ tests(first: 500) { nodes { id build { id checkout { id } } } } }',
      {},
      timed.context(ended.signal, Date.now() + 800),
    );
    const alone = new FederatedGateway([{ name: 'good', adapter: good }]);
    const known = await alone.ask<Lists>('{ tests(first: 500) { nodes { id build { id checkout { id } } } } }');
    const shown = new Set(data.tests?.nodes.map((node) => JSON.stringify(node)));
    expect(known.data.tests?.nodes.length).toBeGreaterThan(0);
    expect(known.data.tests?.nodes.filter((node) => !shown.has(JSON.stringify(node)))).toEqual([]);
    expect(errors.length).toBeGreaterThan(0);
    for (const { extensions } of errors) expect(extensions).toMatchObject({ code: 'SOURCE_TIMEOUT', source: 'slow' });
  });

  it('is cancelled when the client goes away', async () => {
    const slow = new ArrayAdapter({ documents, latencyMs: 60_000 });
    const only = new FederatedGateway([{ name: 'slow', adapter: slow, timeout: 60_000 }]);
    const client = new AbortController();
    setTimeout(() => client.abort(), 30);
    const { errors } = await only.ask(
      '{ tests { nodes { id } } }',
      {},
      only.context(client.signal, Date.now() + 60_000),
    );
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['SOURCE_TIMEOUT']);
    // A client that leaves says nothing of the source.
    expect(only.registry.get('slow')?.state.name).toBe('UP');
  });

  it('is left alone after failing again and again, and tried once more after the pause', async () => {
    const source = { name: 'bad', adapter: bad, breaker: { failures: 3, openFor: 60 } };
    const guarded = new FederatedGateway([source]);
    const state = () => guarded.registry.get('bad')?.state.name;
    const ask = () => guarded.ask('{ tests { nodes { id } } }');
    expect(state()).toBe('UP');
    bad.failure = DOWN;
    await ask();
    expect(state()).toBe('DEGRADED');
    await ask();
    await ask();
    expect(state()).toBe('DOWN');
    const before = bad.requests;
    const { errors } = await ask();
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['SOURCE_UNAVAILABLE']);
    expect(bad.requests).toBe(before);
    bad.failure = null;
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect((await ask()).errors).toEqual([]);
    expect(state()).toBe('UP');
  });

  it('rests for as long as it asked when it asked for fewer requests', async () => {
    bad.failure = new SourceError('SOURCE_RATE_LIMITED', 'Fewer, please.', { retryAfterMs: 1000 });
    const ask = () => gateway.ask('{ tests(sources: ["bad"]) { nodes { id } } }');
    await ask();
    bad.failure = null;
    const before = bad.requests;
    const { errors } = await ask();
    expect(errors[0]?.extensions).toEqual({
      code: 'SOURCE_RATE_LIMITED',
      source: 'bad',
      retryAfterMs: expect.any(Number),
    });
    expect(bad.requests).toBe(before);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect((await ask()).errors).toEqual([]);
  });
});

describe('a source that lacks a capability', () => {
  const limited = () =>
    new FederatedGateway([
      { name: 'good', adapter: good },
      { name: 'builds', adapter: new ArrayAdapter({ documents, entities: ['build'], relations: [] }) },
      { name: 'newest', adapter: new ArrayAdapter({ documents, orders: ['NEWEST'], filters: [] }) },
    ]);

  it('is left out without a word where it has no such objects at all', async () => {
    const { errors, report } = await limited().ask('{ checkouts(sources: ["good", "builds"]) { nodes { id } } }');
    expect(errors).toEqual([]);
    expect(report.extensions.warnings ?? []).toEqual([]);
    expect(report.extensions.sources.builds).toEqual({ skipped: true });
  });

  it('is named in a warning where others answer, and in an error where the client named it', async () => {
    const query = (sources: string) =>
      `{ builds(${sources} orderBy: OLDEST, filter: { status: [PASS] }) { totalCount nodes { id } } }`;
    const named = { code: 'SOURCE_UNSUPPORTED', source: 'newest', field: 'builds' };
    const quiet = await limited().ask<{ readonly builds: { readonly totalCount: number | null } }>(query(''));
    expect(quiet.errors).toEqual([]);
    expect(quiet.report.extensions.warnings?.map(({ extensions }) => extensions)).toEqual([named]);
    expect(quiet.data.builds.totalCount).toBeNull();
    const { errors } = await limited().ask(query('sources: ["good", "newest"],'));
    expect(errors.map(({ message, extensions }) => [message, extensions])).toEqual([
      ['The source "newest" cannot list builds in the order OLDEST.', named],
    ]);
  });

  it('is told where no source is left', async () => {
    const { data, errors } = await limited().ask(
      '{ tests(sources: ["newest"], orderBy: OLDEST) { nodes { id } totalCount } }',
    );
    expect(data).toEqual({ tests: { nodes: [], totalCount: null } });
    expect(errors.map(({ message }) => message)).toEqual([
      'The source "newest" cannot list tests in the order OLDEST.',
    ]);
  });

  it('is asked by way of the checkouts where it cannot filter by them', async () => {
    const query = '{ tests(sources: ["newest"], filter: { treeName: ["mainline"] }) { totalCount nodes { id } } }';
    const { data, errors } = await limited().ask(query);
    expect(errors).toEqual([]);
    const able = new FederatedGateway([{ name: 'newest', adapter: new ArrayAdapter({ documents }) }]);
    expect(data).toEqual((await able.ask(query)).data);
  });

  it('yet adds the fields that it knows to what others list', async () => {
    const blank = documents.map((one) =>
      one.entity === 'build' ? { ...one, object: { ...one.object, comment: null } } : one,
    );
    const source = { name: 'blank', adapter: new ArrayAdapter({ documents: blank, orders: ['NEWEST'] }) };
    const knowing = { name: 'knowing', adapter: new ArrayAdapter({ documents, orders: ['OLDEST'] }) };
    interface Builds {
      readonly builds: {
        readonly nodes: readonly { readonly comment: string | null; readonly sources: readonly string[] }[];
      };
    }
    const { data } = await new FederatedGateway([source, knowing]).ask<Builds>(
      '{ builds(first: 50) { nodes { comment sources } } }',
    );
    expect(data.builds.nodes.some(({ comment }) => comment === 'a comment')).toBe(true);
    expect(data.builds.nodes.every(({ sources }) => sources.length === 2)).toBe(true);
  });
});

describe('calls', () => {
  const query = (first: number) => `{ builds(first: ${first}) { nodes {
    checkout { revision { gitCommitName } } tests(first: 4) { nodes { id incidents { nodes { id } } } }
  } } }`;

  it('grow with levels and sources, never with items', async () => {
    const counted = async (first: number) => {
      const { report } = await gateway.ask(query(first));
      return Object.values(report.extensions.sources).map((usage) => ('requests' in usage ? usage.requests : 0));
    };
    // Chunks of ten keys are the sources' own bound; a level has fewer here.
    const [few, many] = [await counted(2), await counted(9)];
    for (const [index, requests] of many.entries()) expect(requests).toBeLessThanOrEqual((few[index] ?? 0) + 8);
  });
});
