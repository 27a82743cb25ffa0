import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdapterModule, Logger } from '../../adapter.ts';
import { createHttpClient } from '../http-client.ts';
import { Upstream } from '../upstream.ts';
import type { Subject } from './subject.ts';
import { meterUpstream } from './upstream-meter.ts';

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export interface OpenSubject extends Subject {
  /** Stops the adapter and what it was given. */
  close(): Promise<void>;
}

/**
 * Makes and starts an adapter as the gateway does, with real HTTP and counted upstream requests, for the suite to judge.
 *
 * @param given what stands in the configuration beside what every source takes
 * @param about what is known of the source: the more, the more can be judged
 */
export async function openSubject<O>(
  module: AdapterModule<O>,
  given: unknown,
  about: Omit<Subject, 'adapter' | 'upstream' | 'create'> = {},
): Promise<OpenSubject> {
  const options = module.options.parse(given);
  const dataDir = await mkdtemp(join(tmpdir(), 'kcigraph-conformance-'));
  const upstream = new Upstream({ concurrency: module.defaults.concurrency, rate: module.defaults.rate });
  const http = createHttpClient({ upstream, userAgent: 'kcigraph-conformance' });
  const stopping = new AbortController();
  const inBackground = {
    deadline: Number.POSITIVE_INFINITY,
    fields: new Set<string>(),
    log: SILENT,
    isBackground: true,
    warn() {},
  };
  const { env, meter } = meterUpstream({
    source: module.name,
    dataDir,
    http,
    log: SILENT,
    upstream: (call, request) => upstream.run(call, request),
    background: (task) => void task({ ...inBackground, signal: stopping.signal }).catch(() => undefined),
  });
  const create = () => module.create(options, env);
  const adapter = create();
  await adapter.start();
  return {
    ...about,
    adapter,
    upstream: meter,
    create,
    close: async () => {
      stopping.abort();
      await adapter.stop();
      await http.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
