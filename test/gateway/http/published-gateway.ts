import { rm } from 'node:fs/promises';
import { ADAPTER_MODULES } from '../../../gateway/federation/adapter-modules.ts';
import { createRegistry } from '../../../gateway/federation/registry.ts';
import type { ServerConfig } from '../../../gateway/http/app.ts';
import { createServer } from '../../../gateway/http/server.ts';
import { FaultyServer } from '../../support/faulty-server.ts';
import { temporaryFolder } from '../../support/gateway-process.ts';
import { NO_SUBMISSION, SILENT } from '../graphql/request.ts';
import { LIMITS } from './start-server.ts';

/** A CI system that publishes one KCIDB document. */
export interface Publisher {
  readonly document: string;
  /** Milliseconds for which it is as good as new. */
  readonly freshness: number;
}

export type PublishedGateway = AsyncDisposable & {
  readonly url: string;
  /** From now on this source answers 503. */
  fail(source: string): void;
};

/** The gateway over documents that web servers publish: sources which say for how long they are fresh. */
export async function startPublishedGateway(
  publishers: Readonly<Record<string, Publisher>>,
  config: Partial<ServerConfig> = {},
): Promise<PublishedGateway> {
  const folder = await temporaryFolder();
  const adapter = ADAPTER_MODULES.get('file');
  const servers = new Map<string, FaultyServer>();
  const configs = [];
  for (const [name, { document, freshness }] of Object.entries(publishers)) {
    const web = new FaultyServer(document);
    await web.listen();
    servers.set(name, web);
    configs.push({ name, adapter: 'file', options: adapter?.options.parse({ url: web.url, freshness }) });
  }
  const registry = createRegistry(configs, ADAPTER_MODULES, { dataDir: folder, log: SILENT });
  await registry.start();
  const server = createServer({
    config: { listen: { host: '127.0.0.1', port: 0 }, limits: LIMITS, submit: null, ...config },
    registry,
    submission: NO_SUBMISSION,
    log: SILENT,
  });
  await server.listen();
  return {
    url: server.address ?? '',
    fail: (source) => {
      const web = servers.get(source);
      if (web !== undefined) web.fault = (response) => response.writeHead(503).end();
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await registry.stop();
      for (const web of servers.values()) await web.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
