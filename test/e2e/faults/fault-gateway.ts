import type { AdapterModule } from '../../../adapters/contract/adapter.ts';
import { ADAPTER_MODULES } from '../../../gateway/federation/adapter-modules.ts';
import { createRegistry, type Registry, type SourceConfig } from '../../../gateway/federation/registry.ts';
import { Metrics } from '../../../gateway/http/metrics.ts';
import { createServer } from '../../../gateway/http/server.ts';
import { NO_SUBMISSION, SILENT } from '../../gateway/graphql/request.ts';
import { LIMITS } from '../../gateway/http/start-server.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

export interface FaultAnswer {
  readonly data: unknown;
  readonly errors: readonly {
    readonly message: string;
    readonly path: readonly (string | number)[];
    readonly extensions: {
      readonly code: string;
      readonly source: string;
      readonly retryAfterMs?: number;
      readonly count?: number;
    };
  }[];
  readonly extensions: {
    readonly sources: Readonly<
      Record<string, { readonly requests: number; readonly items: number; readonly state: string }>
    >;
    readonly warnings?: readonly object[];
  };
  /** Until the whole answer was there. */
  readonly ms: number;
  readonly text: string;
}

export interface FaultGateway {
  readonly registry: Registry;
  readonly metrics: Metrics;
  readonly url: string;
  ask(query: string, variables?: object): Promise<FaultAnswer>;
  close(): Promise<void>;
}

/** Milliseconds that a query may take in these tests, and a source. */
export const DEADLINE = 3_000;
export const TIMEOUT = 400;

/** Short times, so that a fault shows soon and its end too; the breaker holds back, so that each fault shows itself. */
export const IMPATIENT = {
  timeout: TIMEOUT,
  breaker: { failures: 1_000, openFor: 100 },
  restAfter429: 300,
} satisfies Partial<SourceConfig>;

/** A gateway with its HTTP server, over sources as the configuration makes them. */
export async function startFaultGateway(
  sources: readonly SourceConfig[],
  modules: ReadonlyMap<string, AdapterModule> = ADAPTER_MODULES,
  deadline = DEADLINE,
): Promise<FaultGateway> {
  const dataDir = await temporaryFolder();
  const metrics = new Metrics();
  const registry = createRegistry(sources, modules, { dataDir, log: SILENT, metrics: metrics.sources });
  await registry.start();
  const server = createServer({
    config: { listen: { host: '127.0.0.1', port: 0 }, limits: { ...LIMITS, deadline }, submit: null },
    registry,
    submission: NO_SUBMISSION,
    log: SILENT,
    metrics,
  });
  await server.listen();
  return {
    registry,
    metrics,
    url: server.address ?? '',
    ask: async (query, variables = {}) => {
      const start = performance.now();
      const response = await fetch(`${server.address}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const text = await response.text();
      const ms = performance.now() - start;
      const { data = null, errors = [], extensions } = JSON.parse(text);
      return { data, errors, extensions, ms, text };
    },
    close: async () => {
      await server.close();
      await registry.stop();
      await removeFolder(dataDir);
    },
  };
}
