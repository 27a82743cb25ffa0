import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type GatewayProcess, startGateway, temporaryFolder } from '../test/support/gateway-process.ts';
import type { Checkout } from './checkout.ts';
import { documentOf, TESTS_OF_DOCUMENT } from './documents.ts';
import { cpuSeconds } from './process-cpu.ts';

const WRITERS = 2;

/** A gateway process that a bench measures. */
export interface BenchGateway extends GatewayProcess {
  /** The checkout that it runs from. */
  readonly name: string;
  /** The figures of /metrics by name, summed over their labels. */
  figures(): Promise<ReadonlyMap<string, number>>;
  /** Processor time of the gateway so far, in seconds. */
  cpuSeconds(): Promise<number>;
  /** Stops it, and removes its folder where it was made here. */
  close(): Promise<void>;
}

export interface BenchGatewayOptions {
  /** Where its data lies; a new folder by default. */
  readonly folder?: string | undefined;
  readonly config?: string;
}

export async function startBenchGateway(
  { name, launcher }: Checkout,
  { folder: given, config }: BenchGatewayOptions = {},
): Promise<BenchGateway> {
  const folder = given ?? (await temporaryFolder());
  await mkdir(folder, { recursive: true });
  const options = { folder, launcher, logFile: join(folder, 'gateway.log') };
  const gateway = await startGateway(config === undefined ? options : { ...options, config });
  const figures = async () => figuresOf(await (await fetch(`${gateway.url}/metrics`)).text());
  return {
    ...gateway,
    name,
    figures,
    cpuSeconds: async () =>
      cpuSeconds(gateway.process.pid ?? 0) ?? (await figures()).get('kcigraph_process_cpu_seconds_total') ?? Number.NaN,
    close: async () => {
      await gateway.stop();
      if (given === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

function figuresOf(text: string): ReadonlyMap<string, number> {
  const figures = new Map<string, number>();
  for (const [, name = '', value] of text.matchAll(/^([a-z_0-9]+)(?:\{.*\})? (\S+)$/gm)) {
    figures.set(name, (figures.get(name) ?? 0) + Number(value));
  }
  return figures;
}

/** Submits so many of the invented documents; a gateway without a configuration takes them. */
export async function loadDocuments(gateway: BenchGateway, documents: number): Promise<void> {
  const started = performance.now();
  let next = 0;
  const write = async () => {
    while (next < documents) {
      const body = JSON.stringify(documentOf(next++));
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${gateway.url}/submit`, { method: 'POST', headers, body });
      if (!answer.ok) throw new Error(`A document was refused: ${await answer.text()}`);
      if (next % 100 === 0) console.log(`${next} of ${documents} documents`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  const seconds = (performance.now() - started) / 1000;
  const tests = documents * TESTS_OF_DOCUMENT;
  console.log(
    `${gateway.name}: loaded ${tests} tests in ${seconds.toFixed(1)} s, ${Math.round(tests / seconds)} tests a second`,
  );
}
