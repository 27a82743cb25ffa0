import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultyServer } from '../../support/faulty-server.ts';
import { type FaultGateway, startFaultGateway } from './fault-gateway.ts';
import { httpSource } from './http-source.ts';
import { documentOf, idsOf } from './two-halves.ts';

const BREAKER = { failures: 3, openFor: 300 };
const EMPTY = JSON.stringify({ version: { major: 5, minor: 3 } });

interface State {
  readonly state: string;
  readonly since: string;
  readonly detail: string | null;
  readonly latency: number | null;
}
interface Shown extends State {
  readonly name: string;
}

const servers = [new FaultyServer(documentOf(0)), new FaultyServer(documentOf(1))] as const;
let gateway: FaultGateway;
beforeAll(async () => {
  await Promise.all(servers.map((server) => server.listen()));
  const sources = ['one', 'other'].map((name, index) => ({
    ...httpSource(name, servers[index]!.url),
    breaker: BREAKER,
    timeout: 5_000,
  }));
  gateway = await startFaultGateway(sources);
});
afterAll(async () => {
  await gateway.close();
  await Promise.all(servers.map((server) => server.close()));
});

async function ready() {
  const response = await fetch(`${gateway.url}/ready`);
  const body: { status: string; sources: Record<'one' | 'other', State & { ok: boolean }> } = JSON.parse(
    await response.text(),
  );
  return { ...body, code: response.status };
}

async function shown(name: string): Promise<State> {
  const { data } = await gateway.ask('{ sources { name state since detail latency } }');
  const found = (data as { sources: readonly Shown[] }).sources.find((source) => source.name === name);
  if (found === undefined) throw new Error(`There is no source ${name}.`);
  return found;
}

const LIST = '{ tests(sources: ["other"]) { nodes { id } totalCount } }';
const down = (response: ServerResponse) => response.writeHead(500).end();

it('tells how a source is and since when, the same at /ready and in the graph', async () => {
  expect((await gateway.ask('{ tests { nodes { id } } }')).errors).toEqual([]);
  const before = await shown('other');
  expect(before).toMatchObject({ state: 'UP', detail: null, latency: expect.any(Number) });
  const well = await ready();
  expect([well.code, well.sources.other.since]).toEqual([200, before.since]);

  const began = new Date().toISOString();
  servers[1].fault = down;
  await gateway.ask(LIST);
  const first = gateway.registry.get('other')?.state;
  expect(first?.name).toMatch(/DEGRADED|DOWN/);
  expect((first?.since ?? '') >= began).toBe(true);
  await expect.poll(async () => (await shown('other')).state).toBe('DOWN');
  const open = await shown('other');
  expect(open.detail).toMatch(/^[A-Z].+\.$/);
  await gateway.ask(LIST);
  expect(await shown('other')).toMatchObject({ state: 'DOWN', since: open.since });
  // What it said holds for five seconds.
  await expect.poll(async () => (await ready()).sources.other.state, { timeout: 10_000 }).toBe('DOWN');
  const half = await ready();
  expect(half).toMatchObject({ code: 200, sources: { one: { state: 'UP', ok: true }, other: { ok: false } } });
  expect(half.sources.other).toMatchObject({ state: 'DOWN', since: open.since });

  servers[1].fault = null;
  await expect.poll(async () => (await shown('other')).state, { timeout: 10_000 }).toBe('UP');
  const after = await shown('other');
  expect(after.since > open.since).toBe(true);
  expect(after.detail).toBeNull();
});

it('an empty list because nobody has it is not like one because a source is down', async () => {
  const [, other] = servers;
  other.body = EMPTY;
  await expect.poll(async () => (await gateway.ask(LIST)).errors, { timeout: 10_000 }).toEqual([]);
  const empty = await gateway.ask(LIST);
  expect(empty.data).toEqual({ tests: { nodes: [], totalCount: 0 } });
  expect(empty.errors).toEqual([]);
  other.fault = down;
  const failed = await gateway.ask(LIST);
  expect(failed.data).toEqual({ tests: { nodes: [], totalCount: null } });
  expect(failed.errors.map(({ extensions }) => extensions)).toEqual([{ code: 'SOURCE_UNAVAILABLE', source: 'other' }]);
  expect(failed.extensions.sources.other?.state).not.toBe('UP');
  other.fault = null;
  other.body = documentOf(1);
  const ids = async () => ((await gateway.ask(LIST)).data as { tests: { nodes: { id: string }[] } }).tests.nodes;
  await expect.poll(async () => (await ids()).map(({ id }) => id), { timeout: 10_000 }).toEqual(idsOf(1));
});

it('is not ready while no source answers', async () => {
  for (const server of servers) server.fault = down;
  await expect.poll(async () => (await ready()).code, { timeout: 10_000 }).toBe(503);
  for (const server of servers) server.fault = null;
  await expect.poll(async () => (await ready()).code, { timeout: 10_000 }).toBe(200);
});
