import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentOf as benchDocument } from '../../../bench/documents.ts';
import { EXACT_HEAP, exactHeap } from '../../support/exact-heap.ts';
import { FaultyServer, slowBy } from '../../support/faulty-server.ts';
import { usePostgres } from '../../support/postgres.ts';
import { Random } from '../../support/random.ts';
import { ServedGateway } from '../../support/served-gateway.ts';
import { documentOf } from '../faults/two-halves.ts';

const CLIENTS = 6;
/** Documents that are submitted over and over: what is stored stays the same, and only what leaks grows. */
const DOCUMENTS = 12;
const QUERIES = [
  '{ tests(first: 50) { nodes { id status path build { id architecture checkout { id } } } } }',
  '{ builds(first: 20) { nodes { id tests(first: 10) { nodes { id status } } statusCounts: tests { statusCounts { pass fail } } } } }',
  '{ checkouts(first: 10) { nodes { id revision { statusCounts { pass fail total } } } totalCount } }',
  '{ sources { name state latency } build(id: "lab:build") { sources conflicts { field } tests { totalCount } } }',
  '{ tests(first: 5, filter: { status: [FAIL] }, orderBy: OLDEST) { nodes { id misc logExcerpt } } }',
];

/** What a process holds. */
interface Held {
  readonly rss: number;
  readonly heap: number;
  readonly sockets: number;
  readonly files: number;
  readonly resources: number;
}

/** Mixed load for so long: reads, writes, clients that leave, a source that fails now and then, reloads. */
export function describeSoak(seconds: number): void {
  const postgres = usePostgres();
  const server = new FaultyServer(documentOf(0));
  const random = new Random(23);
  const counts = { answers: 0, stored: 0, left: 0, reloads: 0 };
  let gateway: ServedGateway;
  let config: (round: number) => string;

  beforeAll(async () => {
    await server.listen();
    const url = await postgres.migrated();
    config = (round) =>
      `sources:
  native: { adapter: postgres, url: "${url}" }
  file: { adapter: file, url: "${server.url}", freshness: 0, cacheTtl: 50, timeout: ${500 + (round % 2)}, breaker: { failures: 3, openFor: 200 } }
submit: { into: native, openSubmit: true }
log: { level: warn }
`;
    gateway = await ServedGateway.start(config(0), {
      env: EXACT_HEAP,
    });
  });
  afterAll(async () => {
    expect(await gateway.stop()).toBe(0);
    await server.close();
  });

  const isOver = { yet: false };

  async function client(): Promise<void> {
    while (!isOver.yet) {
      const chance = random.next();
      if (chance < 0.1) {
        const answer = await gateway.submit(JSON.stringify(benchDocument(random.below(DOCUMENTS))));
        expect(answer.status, await answer.text()).toBe(200);
        counts.stored += 1;
      } else if (chance < 0.2) {
        await gateway.ask(random.pick(QUERIES), AbortSignal.timeout(1 + random.below(30))).catch(() => {
          counts.left += 1;
        });
      } else {
        const { status, errors } = await gateway.ask(random.pick(QUERIES));
        expect(status).toBe(200);
        for (const { message, extensions } of errors) expect(extensions.source, message).toBe('file');
        counts.answers += 1;
      }
    }
  }

  async function trouble(): Promise<void> {
    for (let round = 1; !isOver.yet; round += 1) {
      server.fault = random.pick([null, null, slowBy(20), (response) => response.writeHead(500).end()]);
      await delay(300);
      if (round % 8 === 0) {
        await gateway.configure(config(round / 8));
        counts.reloads += 1;
      }
    }
  }

  async function held(): Promise<Held> {
    const metric = (name: string) => gateway.metric(`kcigraph_${name}`);
    const links = existsSync(`/proc/${gateway.process.pid}/fd`)
      ? readdirSync(`/proc/${gateway.process.pid}/fd`).length
      : 0;
    return {
      rss: (await metric('process_resident_memory_bytes')) / 2 ** 20,
      heap: await exactHeap(gateway),
      sockets: server.sockets,
      files: links,
      resources: await metric('nodejs_active_resources_total'),
    };
  }

  it(`holds no more at the end than after a while, in ${seconds} seconds of mixed load`, async () => {
    const load = Promise.all([trouble(), ...Array.from({ length: CLIENTS }, client)]);
    const samples: Held[] = [];
    const watch = async () => {
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        await delay(seconds * 25);
        samples.push(await held());
      }
      isOver.yet = true;
    };
    await Promise.race([watch(), load]);
    await load;
    server.fault = null;
    const said = await gateway.reload(config(counts.reloads + 1).replace('level: warn', 'level: info'));
    expect(said).toMatchObject({ changed: ['file'], unchanged: ['native'] });
    // The caches and the pools are full after the first third; what grows from then on grows for ever.
    const third = Math.floor(samples.length / 3);
    const [middle, last] = [samples.slice(third, 2 * third), samples.slice(-third)];
    // The least of many samples: requests under way hold memory too.
    const least = (of: readonly Held[], key: keyof Held) => Math.min(...of.map((sample) => sample[key]));
    const most = (of: readonly Held[], key: keyof Held) => Math.max(...of.map((sample) => sample[key]));
    const line = (key: keyof Held) => `${key} ${least(middle, key).toFixed(0)} -> ${least(last, key).toFixed(0)}`;
    console.log(
      `${counts.answers} answers, ${counts.stored} documents, ${counts.left} left, ${counts.reloads} reloads in ${seconds} s; ` +
        `least of the second and of the last third: ${(['rss', 'heap', 'files', 'resources'] as const).map(line).join(', ')} (MB, numbers)`,
    );
    expect(counts.answers).toBeGreaterThan(seconds);
    expect(counts.left).toBeGreaterThan(0);
    expect(least(last, 'heap')).toBeLessThan(least(middle, 'heap') * 1.15 + 8);
    expect(least(last, 'rss')).toBeLessThan(least(middle, 'rss') * 1.15 + 24);
    for (const key of ['files', 'resources'] as const) expect(least(last, key)).toBeLessThan(least(middle, key) + 16);
    expect(most(samples, 'sockets')).toBeLessThan(40);
    // With nobody there it holds what it began with: its 32 listening sockets and the idle connections of its pools.
    await expect
      .poll(() => held(), { timeout: 30_000, interval: 1_000 })
      .toMatchObject({ sockets: expect.any(Number) });
    await expect.poll(async () => (await held()).resources, { timeout: 30_000, interval: 1_000 }).toBeLessThan(72);
  });
}
