import type { StoredObject } from '../../../adapters/contract/adapter.ts';
import { ADAPTER_MODULES } from '../../../gateway/federation/adapter-modules.ts';
import type { SourceConfig } from '../../../gateway/federation/registry.ts';
import { DocumentServer } from '../../adapters/template/document-server.ts';
import { documentOf } from '../../adapters/template/known-files.ts';
import { arriving, openStore } from '../../support/open-store.ts';
import { callFor } from '../../support/postgres-source.ts';
import { type FaultGateway, startFaultGateway } from '../faults/fault-gateway.ts';

/** By priority: two native stores, and documents that are fetched over HTTP. */
export const NAMES = ['native', 'second', 'documents'] as const;

export interface ThreeSourcesOptions {
  /** Of two migrated databases. */
  readonly databases: readonly [string, string];
  /** What each source holds. */
  readonly objects: (source: 0 | 1 | 2) => readonly StoredObject[];
  readonly paging: 'keyset' | 'offset' | 'full';
}

/** Calls that the adapters were asked, by source. */
export type Calls = Readonly<Record<(typeof NAMES)[number], number>>;

export interface ThreeSources extends FaultGateway {
  readonly databases: readonly [string, string];
  /** What a query costs, beside its answer. */
  counted(
    query: string,
    variables?: object,
  ): Promise<{ readonly answer: Awaited<ReturnType<FaultGateway['ask']>>; readonly calls: Calls }>;
}

/** A gateway with its HTTP server over three sources of different kinds, each with its own part of the objects. */
export async function startThreeSources({ databases, objects, paging }: ThreeSourcesOptions): Promise<ThreeSources> {
  for (const [index, url] of databases.entries()) {
    const store = openStore(url);
    const held = objects(index === 0 ? 0 : 1);
    await store.store.load(arriving(held), { origins: null, submission: `of-${index}` }, callFor([]));
    await store.stop();
  }
  const documents = new DocumentServer();
  documents.body = documentOf(objects(2));
  await documents.listen();
  const gateway = await startFaultGateway(
    [
      source('native', 'postgres', { url: databases[0], poolSize: 4 }),
      source('second', 'postgres', { url: databases[1], poolSize: 4 }),
      source('documents', 'file', { url: documents.url, paging }),
    ],
    ADAPTER_MODULES,
    30_000,
  );
  const callsSoFar = () => callsOf(gateway);
  return {
    ...gateway,
    databases,
    counted: async (query, variables = {}) => {
      const before = await callsSoFar();
      const answer = await gateway.ask(query, variables);
      const after = await callsSoFar();
      const calls = { native: 0, second: 0, documents: 0 };
      for (const name of NAMES) calls[name] = after[name] - before[name];
      return { answer, calls };
    },
    close: async () => {
      await gateway.close();
      await documents.close();
    },
  };
}

function source(name: string, adapter: string, options: object): SourceConfig {
  // Nothing is kept, so that each query shows what it asks.
  return { name, adapter, options: ADAPTER_MODULES.get(adapter)?.options.parse(options), timeout: 20_000, cacheTtl: 0 };
}

async function callsOf({ metrics }: FaultGateway): Promise<Calls> {
  const calls = { native: 0, second: 0, documents: 0 };
  for (const line of (await metrics.text()).split('\n')) {
    const match = /^kcigraph_source_call_seconds_count\{source="(\w+)",call="(?!health)\w+"\} (\d+)$/.exec(line);
    const name = NAMES.find((one) => one === match?.[1]);
    if (name !== undefined) calls[name] += Number(match?.[2]);
  }
  return calls;
}
