import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ADAPTER_MODULES } from '../../../gateway/federation/adapter-modules.ts';
import { createRegistry, type Registry } from '../../../gateway/federation/registry.ts';
import type { ServerConfig } from '../../../gateway/http/app.ts';
import { Metrics } from '../../../gateway/http/metrics.ts';
import { createServer } from '../../../gateway/http/server.ts';
import type { SpoolLimits } from '../../../gateway/ingest/queue.ts';
import { createSubmissionDoor } from '../../../gateway/ingest/service.ts';
import { makeToken } from '../../../gateway/ingest/token.ts';
import { temporaryFolder } from '../../support/gateway-process.ts';
import { SILENT } from '../graphql/request.ts';
import { LIMITS } from './start-server.ts';

export const SECRET = 'a secret of the tests that is long enough';

export interface NativeGateway {
  readonly url: string;
  readonly registry: Registry;
  close(): Promise<void>;
}

export interface NativeOptions {
  readonly spool?: SpoolLimits;
  readonly open?: boolean;
  readonly config?: Partial<ServerConfig>;
  readonly bodyBytes?: number;
  /** Options of the postgres adapter. */
  readonly native?: object;
  /** Milliseconds that a call to the store may take. */
  readonly timeout?: number;
}

/** The whole gateway over the native store on a database, in this process. */
export async function startNativeGateway(database: string, options: NativeOptions = {}): Promise<NativeGateway> {
  const { open = false, config, bodyBytes = LIMITS.bodyBytes } = options;
  const folder = await temporaryFolder();
  const metrics = new Metrics();
  const adapter = ADAPTER_MODULES.get('postgres');
  const registry = createRegistry(
    [
      {
        name: 'native',
        adapter: 'postgres',
        timeout: options.timeout,
        options: adapter?.options.parse({ url: database, connectTimeout: 1_000, ...options.native }),
      },
    ],
    ADAPTER_MODULES,
    { dataDir: folder, log: SILENT, metrics: metrics.sources },
  );
  await registry.start();
  const limits = { ...LIMITS, bodyBytes };
  const submission = createSubmissionDoor({
    store: registry.get('native')?.adapter.store ?? null,
    secrets: open ? [] : [SECRET],
    open,
    limits,
    spool: options.spool,
    spoolDir: join(folder, 'submissions'),
    log: SILENT,
  });
  const server = createServer({
    config: { listen: { host: '127.0.0.1', port: 0 }, limits, submit: { open }, ...config },
    registry,
    submission,
    log: SILENT,
    metrics,
  });
  await server.listen();
  return {
    url: server.address ?? '',
    registry,
    close: async () => {
      await server.close();
      await submission.close();
      await registry.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A token of these origins, for an hour. */
export function tokenFor(...origins: string[]): Promise<string> {
  return makeToken(origins, Math.floor(Date.now() / 1000) + 3_600, SECRET);
}
