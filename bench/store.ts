/** The four workloads over the native store. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type BenchGateway, loadDocuments, startBenchGateway } from './bench-gateway.ts';
import { type Checkout, THIS_CHECKOUT } from './checkout.ts';
import { compareGateways } from './compare-gateways.ts';
import { landmarks } from './documents.ts';
import { median, percentile } from './load/statistics.ts';
import { type Workload, workloads } from './workloads.ts';

const WARM_UP = 50;

export interface StoreOptions {
  readonly documents: number;
  /** Questions of each workload. */
  readonly rounds: number;
  /** A folder that keeps the data for the next run. */
  readonly keep: string | undefined;
}

/** Each workload beside the same rows from one hand-written statement. */
export async function store({ documents, rounds, keep }: StoreOptions): Promise<void> {
  const isLoaded = keep !== undefined && existsSync(join(keep, 'data'));
  const gateway = await startBenchGateway(THIS_CHECKOUT, { folder: keep });
  try {
    if (!isLoaded) await loadDocuments(gateway, documents);
    await compareWithSql(gateway, documents, rounds);
  } finally {
    await gateway.close();
  }
}

/** Each workload beside the same one through another commit's gateway, over the same documents. */
export async function storeAgainst(other: Checkout, { documents, rounds }: StoreOptions): Promise<void> {
  const gateways: BenchGateway[] = [];
  try {
    for (const checkout of [THIS_CHECKOUT, other]) {
      const gateway = await startBenchGateway(checkout);
      gateways.push(gateway);
      await loadDocuments(gateway, documents);
      await withStore(gateway, (client) => client.query('ANALYZE'));
    }
    await compareGateways(gateways, workloads(landmarks(documents)), rounds);
  } finally {
    for (const gateway of gateways) await gateway.close();
  }
}

async function compareWithSql(gateway: BenchGateway, documents: number, rounds: number): Promise<void> {
  await withStore(gateway, async (client) => {
    await client.query('ANALYZE');
    for (const workload of workloads(landmarks(documents))) {
      const gatewayTimes = await timed(rounds, () => ask(gateway, workload));
      const sqlTimes = await timed(rounds, () =>
        client.query({ name: workload.name, text: workload.sql, values: [...workload.values] }),
      );
      const ratio = median(gatewayTimes) / median(sqlTimes);
      console.log(
        `${workload.name}: p50 ${median(gatewayTimes).toFixed(2)} ms, p99 ${percentile(gatewayTimes, 0.99).toFixed(2)} ms; ` +
          `hand-written SQL p50 ${median(sqlTimes).toFixed(2)} ms; ratio ${ratio.toFixed(2)}`,
      );
    }
  });
}

async function ask(gateway: BenchGateway, workload: Workload): Promise<void> {
  const answer = await gateway.query(workload.query, workload.variables);
  if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
}

async function timed(rounds: number, run: () => Promise<unknown>): Promise<readonly number[]> {
  for (let round = 0; round < WARM_UP; round++) await run();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return times;
}

async function withStore(gateway: BenchGateway, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(await storeUrl(gateway.folder));
  client.on('error', () => {});
  await client.connect();
  await use(client).finally(() => client.end());
}

/** The embedded server's address, as the commands beside the gateway find it. */
async function storeUrl(folder: string): Promise<string> {
  const password = (await readFile(join(folder, 'data', 'postgres-server', 'password'), 'utf8')).trim();
  const port = (await readFile(join(folder, 'data', 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[3];
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}
