import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { runningPostmaster } from '../../../adapters/embedded-postgres/cluster.ts';
import { EXACT_HEAP, exactHeap } from '../../support/exact-heap.ts';
import {
  answerWith,
  FaultyServer,
  type HttpFault,
  hangBeforeHeaders,
  hangInBody,
  resetHalfWay,
  slowBy,
} from '../../support/faulty-server.ts';
import { killServer } from '../../support/kill-server.ts';
import { openStore } from '../../support/open-store.ts';
import { usePostgres } from '../../support/postgres.ts';
import { Random } from '../../support/random.ts';
import { type LogLine, ServedGateway } from '../../support/served-gateway.ts';
import { SmallDisk } from '../../support/small-disk.ts';
import { type ProxyFault, TcpProxy } from '../../support/tcp-proxy.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { documentOf, objectsOf } from '../faults/two-halves.ts';
import { missingIn, numberedDocument, queriesFor } from './numbered-documents.ts';

/** Of mixed load. */
const SECONDS = Number(process.env.KCIGRAPH_CHAOS_SECONDS ?? 600);
const SUBMITTERS = 3;
const READERS = 4;
const LATER = { prefer: 'respond-async' };
const QUERIES = [
  '{ tests(first: 50) { nodes { id status path build { id architecture checkout { id } } } } }',
  '{ builds(first: 20) { nodes { id tests(first: 10) { nodes { id status } } } } }',
  '{ tests(first: 20, filter: { origin: ["acme"], status: [FAIL] }) { nodes { id logExcerpt } } }',
  '{ checkouts(first: 10) { nodes { id revision { statusCounts { pass fail total } } } totalCount } }',
  '{ build(id: "lab:build") { sources tests(first: 20) { nodes { id } } } sources { name state } }',
];
const JSON_TYPE = { 'content-type': 'application/json' };
const HTTP_FAULTS: readonly HttpFault[] = [
  hangBeforeHeaders,
  hangInBody,
  resetHalfWay,
  slowBy(200),
  (response) => response.writeHead(500).end(),
  answerWith(429, { 'retry-after': '1' }, () => ''),
  answerWith(200, { 'content-type': 'text/html' }, () => '<html>Come back later.</html>'),
  answerWith(200, JSON_TYPE, () => '{"version":{"major":5,"minor":3},"tests":7}'),
  answerWith(200, JSON_TYPE, () => `{"version":{"major":5,"minor":3},"tests":[${'{},'.repeat(100_000)}{}]}`),
];
const TCP_FAULTS: readonly ProxyFault[] = [
  { isSilent: true },
  { delayMs: 100 },
  { passBytes: 2_000, afterwards: 'reset' },
  { garbage: 'E\0\0\0\x08lies' },
  { isFlapping: true },
];

const folder = await temporaryFolder();
const data = join(folder, 'data');
const disk = SmallDisk.mount(data, '1g');
if (disk === null) console.log('Not part of the chaos: a full disk, since this process may not mount a small one.');

/**
 * Two gateways over one store. The first runs the store's server on a disk of its own, and is killed now and then; the
 * second lives through everything, so that what it holds can be compared. Both ask two further sources, which fail and lie.
 */
describe('two gateways over one store, while everything round them fails', () => {
  const postgres = usePostgres();
  const server = new FaultyServer(documentOf(0));
  const random = new Random(Number(process.env.KCIGRAPH_CHAOS_SEED ?? 13));
  const acknowledged = new Set<number>();
  /** Receipts of documents that were accepted for later, with their number. */
  const receipts = new Map<string, number>();
  const odd: string[] = [];
  const counts = { answers: 0, unanswered: 0, turnedAway: 0, kills: 0, serverKills: 0, fullDisks: 0, lies: 0 };
  let toSecond: TcpProxy;
  let toStore: TcpProxy;
  let firstConfig: string;
  let first: ServedGateway;
  let second: ServedGateway;
  let isFirstUp = true;
  let isOver = false;
  let next = 0;

  async function begin(): Promise<void> {
    await server.listen();
    const other = await postgres.migrated();
    const opened = openStore(other);
    await opened.load(...objectsOf(1));
    await opened.stop();
    const { hostname, port } = new URL(other);
    toSecond = new TcpProxy(hostname, Number(port));
    await toSecond.listen();
    const guard = 'timeout: 1500, breaker: { failures: 3, openFor: 500 }, restAfter429: 500';
    const config = (native: string) => `sources:
  native: { adapter: postgres, url: "${native}", ${guard} }
  second: { adapter: postgres, url: "${Object.assign(new URL(other), { port: String(toSecond.port) }).href}", connectTimeout: 500, ${guard} }
  file: { adapter: file, url: "${server.url}", freshness: 0, cacheTtl: 50, ${guard} }
submit: { into: native, openSubmit: true }
limits: { deadline: 4s }
log: { level: warn }
`;
    firstConfig = config('embedded:./data');
    first = await ServedGateway.start(firstConfig, { folder });
    await expect.poll(storePort, { timeout: 30_000 }).not.toBeNull();
    toStore = new TcpProxy('127.0.0.1', (await storePort()) ?? 0);
    await toStore.listen();
    const password = readFileSync(join(data, 'postgres-server', 'password'), 'utf8').trim();
    const url = `postgres://postgres:${password}@127.0.0.1:${toStore.port}/postgres`;
    second = await ServedGateway.start(config(url), { env: EXACT_HEAP });
    for (const gateway of [first, second]) await allWell(gateway);
  }
  afterAll(async () => {
    await first?.stop();
    await second?.stop();
    await server.close();
    await toSecond?.close();
    await toStore?.close();
    disk?.unmount();
    await removeFolder(folder);
  });

  async function storePort(): Promise<number | null> {
    const running = await runningPostmaster(join(data, 'postgres'));
    return running?.ready === true ? running.port : null;
  }

  async function submitter(): Promise<void> {
    let number = next++;
    while (!isOver) {
      const gateway = random.chance(0.5) ? first : second;
      try {
        const response = await gateway.submit(numberedDocument(number), random.chance(0.3) ? LATER : {});
        const text = await response.text();
        if (response.status === 200) acknowledged.add(number);
        else if (response.status === 202) receipts.set(JSON.parse(text).id, number);
        else if (response.status !== 503 || !(Number(response.headers.get('retry-after')) > 0)) odd.push(text);
        if (response.ok) number = next++;
        else counts.turnedAway += 1;
      } catch (error) {
        // Whether it was stored nobody knows: it is sent again.
        expectDown(gateway, error);
      }
      await delay(150);
    }
  }

  async function reader(): Promise<void> {
    while (!isOver) {
      const gateway = random.chance(0.5) ? first : second;
      try {
        const { status, errors } = await gateway.ask(random.pick(QUERIES));
        if (status !== 200 && status !== 503) odd.push(`status ${status}`);
        for (const { message, extensions } of status === 200 ? errors : []) {
          if (extensions.source === undefined || !extensions.code.startsWith('SOURCE_')) {
            odd.push(`${extensions.code}: ${message}`);
          }
        }
        counts.answers += 1;
      } catch (error) {
        expectDown(gateway, error);
      }
      await delay(20);
    }
  }

  /** Only a gateway that was killed may leave a request without an answer. */
  function expectDown(gateway: ServedGateway, error: unknown): void {
    counts.unanswered += 1;
    if (gateway === second || (gateway === first && isFirstUp)) odd.push(`no answer: ${error}`);
  }

  const troubles = {
    killGateway: async () => {
      isFirstUp = false;
      // One that ended before it was killed failed: a promise that is rejected and not handled ends the process.
      if (first.process.exitCode !== null) odd.push(`a gateway ended: ${first.log.at(-1)?.msg}`);
      if (first.log.some(isOurFault)) odd.push('a request failed inside the gateway');
      const exited = once(first.process, 'exit');
      first.process.kill('SIGKILL');
      await exited;
      await delay(random.below(1_000));
      first = await ServedGateway.start(firstConfig, { folder });
      isFirstUp = true;
      counts.kills += 1;
    },
    killStore: async () => {
      await killServer(join(data, 'postgres'));
      counts.serverKills += 1;
      await delay(2_000 + random.below(2_000));
    },
    fillDisk: async () => {
      if (disk === null) return;
      disk.fill();
      await delay(1_000 + random.below(3_000));
      await disk.empty();
      counts.fullDisks += 1;
    },
    failingFile: async () => {
      server.fault = random.pick(HTTP_FAULTS);
      counts.lies += 1;
      await delay(500 + random.below(2_000));
      server.fault = null;
    },
    failingStore: async () => {
      toSecond.fault = random.pick(TCP_FAULTS);
      counts.lies += 1;
      await delay(500 + random.below(2_000));
      toSecond.fault = {};
      toSecond.hangUp();
    },
    everythingAtOnce: async () => {
      server.fault = random.pick(HTTP_FAULTS);
      toSecond.fault = random.pick(TCP_FAULTS);
      await Promise.all([troubles.killGateway(), troubles.killStore()]);
      server.fault = null;
      toSecond.fault = {};
      toSecond.hangUp();
    },
  };

  /** All kinds in turn, so that a short run has each of them too. */
  async function trouble(): Promise<void> {
    for (;;) {
      for (const cause of Object.values(troubles)) {
        if (isOver) return;
        await cause();
        await delay(1_000 + random.below(2_000));
      }
    }
  }

  /** The store's server has another port each time that it is started. */
  async function follow(): Promise<void> {
    while (!isOver) {
      const port = await storePort();
      if (port !== null) toStore.targetPort = port;
      await delay(100);
    }
  }

  async function allWell(gateway: ServedGateway): Promise<void> {
    const states = async () => {
      const { errors } = await gateway.ask(QUERIES[0] ?? '').catch((error: unknown) => ({ errors: [error] }));
      const { status } = await gateway.submit(numberedDocument(0));
      return [status, errors];
    };
    await expect.poll(states, { timeout: 60_000, interval: 300 }).toEqual([200, []]);
  }

  async function held() {
    return {
      resident: (await second.metric('kcigraph_process_resident_memory_bytes')) / 2 ** 20,
      heap: await exactHeap(second),
      files: readdirSync(`/proc/${second.process.pid}/fd`).length,
      resources: await second.metric('kcigraph_nodejs_active_resources_total'),
    };
  }

  it(`lose nothing that they acknowledged, and hold no more, in ${SECONDS} seconds`, async () => {
    await begin();
    const before = await held();
    const load = [
      trouble(),
      follow(),
      ...Array.from({ length: SUBMITTERS }, submitter),
      ...Array.from({ length: READERS }, reader),
    ];
    const samples: Awaited<ReturnType<typeof held>>[] = [];
    const watch = async () => {
      for (const end = performance.now() + SECONDS * 1000; performance.now() < end; ) {
        await delay(SECONDS * 25);
        samples.push(await held());
      }
      isOver = true;
    };
    try {
      await Promise.race([watch(), Promise.all(load)]);
    } finally {
      isOver = true;
    }
    await Promise.all(load);
    toStore.targetPort = (await storePort()) ?? 0;
    for (const gateway of [first, second]) await allWell(gateway);

    // What was accepted for later is stored now, or within the time of its next attempt.
    for (const [receipt, number] of receipts) {
      const state = async () => {
        const answers = await Promise.all(
          [first, second].map(async ({ url }) => (await fetch(`${url}/status?id=${receipt}`)).json()),
        );
        return answers.some(({ status }) => status === 'processed');
      };
      await expect.poll(state, { message: `receipt ${receipt} of document ${number}`, timeout: 90_000 }).toBe(true);
      acknowledged.add(number);
    }
    const missing: number[] = [];
    for (const { numbers, query } of queriesFor([...acknowledged])) {
      for (const gateway of [first, second]) missing.push(...missingIn((await gateway.ask(query)).data, numbers));
    }
    console.log(
      `${JSON.stringify(counts)}, ${acknowledged.size} documents acknowledged, ${receipts.size} of them for later; ` +
        `held before ${JSON.stringify(before)}, last ${JSON.stringify(samples.at(-1))}`,
    );
    expect(missing).toEqual([]);
    expect(odd).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(SECONDS / 2);
    expect(counts.answers).toBeGreaterThan(SECONDS);
    expect([counts.kills > 0, counts.serverKills > 0, counts.lies > 0]).toEqual([true, true, true]);

    // The caches and the pools are full after the first third; what grows from then on grows for ever.
    const third = Math.floor(samples.length / 3);
    const least = (of: typeof samples, key: keyof typeof before) => Math.min(...of.map((sample) => sample[key]));
    const [middle, last] = [samples.slice(third, 2 * third), samples.slice(-third)];
    expect(least(last, 'resident')).toBeLessThan(least(middle, 'resident') * 1.15 + 24);
    expect(least(last, 'heap')).toBeLessThan(least(middle, 'heap') * 1.15 + 8);
    // What it has open once nobody asks any more is what it began with.
    const left = async () => {
      const { files, resources } = await held();
      return Math.max(files - before.files, resources - before.resources);
    };
    await expect.poll(left, { timeout: 60_000, interval: 1_000 }).toBeLessThan(16);

    for (const gateway of [first, second]) {
      expect([gateway.process.exitCode, gateway.process.signalCode]).toEqual([null, null]);
      expect(gateway.log.filter(isOurFault)).toEqual([]);
    }
    const secondFolder = second.folder;
    expect(await second.stop()).toBe(0);
    expect(await first.stop()).toBe(0);
    await expect.poll(() => processesOf(folder, secondFolder), { timeout: 20_000 }).toEqual([]);
  });
});

function isOurFault({ msg }: LogLine): boolean {
  return msg === 'a request failed inside the gateway';
}

/** Processes that work in one of these folders. */
function processesOf(...folders: readonly string[]): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const place = readlinkSync(`/proc/${pid}/cwd`);
        if (!folders.some((one) => place.startsWith(one))) return [];
        return [`${pid}: ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')}`];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}
