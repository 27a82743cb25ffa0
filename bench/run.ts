/**
 * Loads invented documents into an embedded store and measures the four workloads through the gateway, each beside the
 * same rows from one hand-written statement. `npm run bench -- [--tests 1000000] [--rounds 400] [--keep FOLDER]`
 * With `npm run bench -- federation` it measures what asking several sources costs instead.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { discardGateway, type GatewayProcess, startGateway } from '../test/support/gateway-process.ts';
import { documentOf, landmarks, TESTS_OF_DOCUMENT } from './documents.ts';
import { type Workload, workloads } from './workloads.ts';

const WRITERS = 2;
const WARM_UP = 50;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tests: { type: 'string' }, rounds: { type: 'string' }, keep: { type: 'string' } },
});
const documents = Math.ceil(Number(values.tests ?? 1_000_000) / TESTS_OF_DOCUMENT);
const rounds = Number(values.rounds ?? 400);

if (positionals[0] === 'federation') await (await import('./federation.ts')).federation();
else await nativeStore();

async function nativeStore(): Promise<void> {
  const isLoaded = values.keep !== undefined && existsSync(join(values.keep, 'data'));
  if (values.keep !== undefined) await mkdir(values.keep, { recursive: true });
  const gateway = await startGateway(values.keep === undefined ? {} : { folder: values.keep });
  try {
    if (!isLoaded) await load(gateway);
    await compare(gateway);
  } finally {
    await (values.keep === undefined ? discardGateway(gateway) : gateway.stop());
  }
}

async function load(target: GatewayProcess): Promise<void> {
  const started = performance.now();
  let next = 0;
  const write = async () => {
    while (next < documents) {
      const body = JSON.stringify(documentOf(next++));
      const answer = await fetch(`${target.url}/submit`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      if (!answer.ok) throw new Error(`A document was refused: ${await answer.text()}`);
      if (next % 100 === 0) console.log(`${next} of ${documents} documents`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  const seconds = (performance.now() - started) / 1000;
  const tests = documents * TESTS_OF_DOCUMENT;
  console.log(`loaded ${tests} tests in ${seconds.toFixed(1)} s: ${Math.round(tests / seconds)} tests a second`);
}

async function compare(target: GatewayProcess): Promise<void> {
  const client = new pg.Client(await storeUrl(target.folder));
  client.on('error', () => {});
  await client.connect();
  await client.query('ANALYZE');
  for (const workload of workloads(landmarks(documents))) {
    const gatewayTimes = await timed(() => ask(target, workload));
    const sqlTimes = await timed(() =>
      client.query({ name: workload.name, text: workload.sql, values: [...workload.values] }),
    );
    const ratio = median(gatewayTimes) / median(sqlTimes);
    console.log(
      `${workload.name}: p50 ${median(gatewayTimes).toFixed(2)} ms, p99 ${percentile(gatewayTimes, 0.99).toFixed(2)} ms; ` +
        `hand-written SQL p50 ${median(sqlTimes).toFixed(2)} ms; ratio ${ratio.toFixed(2)}`,
    );
  }
  await client.end();
}

async function ask(target: GatewayProcess, workload: Workload): Promise<void> {
  const answer = await target.query(workload.query, workload.variables);
  if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
}

async function timed(run: () => Promise<unknown>): Promise<number[]> {
  for (let round = 0; round < WARM_UP; round++) await run();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

function median(sorted: readonly number[]): number {
  return percentile(sorted, 0.5);
}

/** The embedded server's address, as the commands beside the gateway find it. */
async function storeUrl(folder: string): Promise<string> {
  const password = (await readFile(join(folder, 'data', 'postgres-server', 'password'), 'utf8')).trim();
  const port = (await readFile(join(folder, 'data', 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[3];
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}
