import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADAPTER_MODULES } from '../gateway/federation/adapter-modules.ts';
import type { SourceConfig } from '../gateway/federation/registry.ts';
import { exampleQueries } from '../gateway/http/graphiql.ts';
import { documentOf } from '../test/adapters/template/known-files.ts';
import { type FaultGateway, startFaultGateway } from '../test/e2e/faults/fault-gateway.ts';
import { NOW, scaledObjects } from '../test/e2e/three-sources/scaled-objects.ts';
import { NAMES, startThreeSources } from '../test/e2e/three-sources/three-sources.ts';
import { temporaryFolder } from '../test/support/gateway-process.ts';
import { startPostgres, type TestPostgres } from '../test/support/postgres.ts';
import { TcpProxy } from '../test/support/tcp-proxy.ts';
import { type BenchGateway, startBenchGateway } from './bench-gateway.ts';
import { type Checkout, THIS_CHECKOUT } from './checkout.ts';
import { compareGateways } from './compare-gateways.ts';

const ROUNDS = 60;
const LATENCY = 100;
const TESTS = 12_000;
const PAGE = 50;
const DEEP = 100;
const PATIENCE = 60_000;

/** What asking several sources costs: `npm run bench -- federation`. */
export async function federation(): Promise<void> {
  const postgres = await startPostgres();
  try {
    await examples(postgres);
    await latency(postgres);
    for (const paging of ['keyset', 'offset', 'full'] as const) await deepPages(paging);
  } finally {
    await postgres.stop();
  }
}

/** The example queries over two stores and a file, through this gateway and another commit's, each over data of its own. */
export async function federationAgainst(other: Checkout, rounds: number): Promise<void> {
  const postgres = await startPostgres();
  const gateways: BenchGateway[] = [];
  const folder = await temporaryFolder();
  try {
    for (const checkout of [THIS_CHECKOUT, other]) {
      gateways.push(await startFederated(checkout, postgres, join(folder, `${gateways.length}.json`)));
    }
    const queries = exampleQueries(NOW).map(({ query, variables }) => ({
      name: /query (\w+)/.exec(query)?.[1] ?? '',
      query,
      variables,
    }));
    await compareGateways(gateways, queries, rounds);
  } finally {
    for (const gateway of gateways) await gateway.close();
    await postgres.stop();
    await rm(folder, { recursive: true });
  }
}

/** Each of the checkout's gateways makes its own tables: they may differ between commits. */
async function startFederated(checkout: Checkout, postgres: TestPostgres, file: string): Promise<BenchGateway> {
  const objects = scaledObjects(20);
  const partOf = (source: number) => documentOf(objects.filter((_, index) => index % 3 !== source));
  const stores: string[] = [];
  for (const [index, name] of ['native', 'second'].entries()) {
    const store = `${name}: { adapter: postgres, url: "${await postgres.empty()}", poolSize: 4, cacheTtl: 0 }`;
    const config = `sources: { ${store} }\nsubmit: { into: ${name}, openSubmit: true }\n`;
    const loader = await startBenchGateway(checkout, { config });
    try {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${loader.url}/submit`, { method: 'POST', headers, body: partOf(index) });
      if (!answer.ok) throw new Error(`A document was refused: ${await answer.text()}`);
    } finally {
      await loader.close();
    }
    stores.push(store);
  }
  await writeFile(file, partOf(2));
  const documents = `documents: { adapter: file, path: "${file}", cacheTtl: 0 }`;
  return await startBenchGateway(checkout, { config: `sources: { ${[...stores, documents].join(', ')} }\n` });
}

/** Calls of each example query, and its time against the slowest of its sources alone. */
async function examples(postgres: TestPostgres): Promise<void> {
  const objects = scaledObjects(20);
  const gateway = await startThreeSources({
    databases: [await postgres.migrated(), await postgres.migrated()],
    objects: (source) => objects.filter((_, index) => index % 3 !== source),
    paging: 'offset',
  });
  try {
    for (const { query, variables } of exampleQueries(NOW)) {
      const name = /query (\w+)/.exec(query)?.[1] ?? '';
      const { calls } = await gateway.counted(query, variables);
      const together = await timed(gateway, query, variables);
      const times: number[] = [];
      for (const source of NAMES) times.push(await timed(gateway, from(query, source), variables));
      const slowest = Math.max(...times);
      console.log(
        `${name}: ${Object.values(calls).join(' + ')} calls; ${together.toFixed(1)} ms over three sources, ` +
          `${slowest.toFixed(1)} ms over the slowest alone: ${(together / slowest).toFixed(2)} times`,
      );
    }
  } finally {
    await gateway.close();
  }
}

/** The query, asked of one source: each has one root field with arguments. */
function from(query: string, source: string): string {
  return query.replace(/(\n {2}\w+\()/, `$1sources: ["${source}"], `);
}

/** A query of two levels over two stores, each of which is so far away. */
async function latency(postgres: TestPostgres): Promise<void> {
  const objects = scaledObjects(5);
  const direct = await startThreeSources({
    databases: [await postgres.migrated(), await postgres.migrated()],
    objects: (source) => objects.filter((_, index) => source < 2 && index % 2 === source),
    paging: 'keyset',
  });
  const [near, far] = direct.databases.map((url) => new URL(url));
  if (near === undefined || far === undefined) throw new Error('There are no two databases.');
  const proxies = [near, far].map(({ hostname, port }) => new TcpProxy(hostname, Number(port)));
  await Promise.all(proxies.map((proxy) => proxy.listen()));
  const through = (url: URL, proxy: TcpProxy) => Object.assign(new URL(url), { host: `127.0.0.1:${proxy.port}` }).href;
  const gateway = await startFaultGateway(
    [near, far].map((url, index) => configOf(`store${index}`, 'postgres', { url: through(url, proxies[index]!) })),
    ADAPTER_MODULES,
    PATIENCE,
  );
  try {
    const query = `{ ${Array.from({ length: 10 }, (_, n) => `b${n}: build(id: "acme:build-${n}") { id checkout { id } }`).join(' ')} }`;
    const before = await timed(gateway, query, {});
    for (const proxy of proxies) proxy.fault = { delayMs: LATENCY };
    const ms = await timed(gateway, query, {}, 10);
    console.log(
      `two levels over two stores that are ${LATENCY} ms away: ${ms.toFixed(0)} ms (${before.toFixed(1)} ms without), ` +
        `${(ms / LATENCY).toFixed(2)} times the latency`,
    );
  } finally {
    await gateway.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await direct.close();
  }
}

/** What the first and the hundredth page of a list cost that two sources share half of. */
async function deepPages(paging: 'keyset' | 'offset' | 'full'): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kcigraph-bench-'));
  const paths = [0, 1].map((half) => join(folder, `${half}.json`));
  await Promise.all(paths.map((path, half) => writeFile(path, manyTests(half))));
  const gateway = await startFaultGateway(
    paths.map((path, index) => configOf(`files${index}`, 'file', { path, paging })),
    ADAPTER_MODULES,
    PATIENCE,
  );
  const text = `query ($after: String) { tests(first: ${PAGE}, after: $after) {
    nodes { id status } pageInfo { endCursor } } }`;
  try {
    let after: string | null = null;
    for (let page = 1; page <= DEEP; page += 1) {
      if (page === 1 || page === DEEP) {
        const { extensions } = await gateway.ask(text, { after });
        const calls = Object.values(extensions.sources).map(
          ({ requests, items }) => `${requests} calls for ${items} rows`,
        );
        const ms = await timed(gateway, text, { after });
        console.log(`${paging}, page ${page} of ${PAGE}: ${ms.toFixed(1)} ms, ${calls.join(' + ')}`);
      }
      const { data }: { data: unknown } = await gateway.ask(text, { after });
      after = (data as { tests: { pageInfo: { endCursor: string } } }).tests.pageInfo.endCursor;
    }
  } finally {
    await gateway.close();
    await rm(folder, { recursive: true });
  }
}

/** Two halves have every other test in common. */
function manyTests(half: number): string {
  const numbers = Array.from({ length: TESTS }, (_, n) => n).filter((n) => n % 2 === 0 || n % 4 === 1 + 2 * half);
  return JSON.stringify({
    version: { major: 5, minor: 3 },
    tests: numbers.map((n) => ({
      id: `lab:test-${n}`,
      build_id: 'lab:build',
      origin: 'lab',
      status: 'PASS',
      start_time: new Date(NOW.getTime() - n * 1000).toISOString(),
    })),
  });
}

function configOf(name: string, adapter: string, options: object): SourceConfig {
  return { name, adapter, options: ADAPTER_MODULES.get(adapter)?.options.parse(options), timeout: PATIENCE };
}

/** The median, in milliseconds. */
async function timed(gateway: FaultGateway, query: string, variables: object, rounds = ROUNDS): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds + 5; round += 1) {
    const { ms, errors } = await gateway.ask(query, variables);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    if (round >= 5) times.push(ms);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
