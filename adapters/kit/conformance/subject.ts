import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Adapter, AdapterEnv, AdapterModule, Call, Logger, RelationName } from '../../contract/adapter.ts';
import type { Entities, EntityName } from '../../contract/model.ts';
import { createHttpClient } from '../http-client.ts';
import { Upstream } from '../upstream.ts';

export type AnyObject = Entities[EntityName];

/**
 * An object that the source is known to hold. `time` is what lists sort it by; left out it is not held against the
 * source's. A `timestamp` or `conflicts` that is null or absent here is not held against it either.
 */
export type KnownObject = {
  readonly [E in EntityName]: { readonly entity: E; readonly object: Entities[E]; readonly time?: string | null };
}[EntityName];

/** Counts upstream requests; `meterUpstream` makes one round an adapter's environment. */
export interface UpstreamMeter {
  /** Requests that have begun. */
  readonly started: number;
  /** Requests under way. */
  readonly active: number;
  /** Requests that ended well. */
  readonly answered: number;
}

/** The adapter to check, and what is known of its source. Start the adapter before the suite runs, and stop it after. */
export interface Subject {
  readonly adapter: Adapter;
  /**
   * Everything that the source holds. The more it has of ties, missing times, dangling references, issues in several
   * versions and files, the more the suite can check. Without it the suite samples by listing.
   */
  readonly known?: readonly KnownObject[];
  /** Children that cannot be told from the objects alone: the ids below a parent, by relation. */
  readonly children?: { readonly [R in RelationName]?: Readonly<Record<string, readonly string[]>> };
  /** Without it batching is not checked, and cancellation only from outside. */
  readonly upstream?: UpstreamMeter;
  /** Other names by which an object is found. */
  readonly aliases?: readonly { readonly entity: EntityName; readonly alias: string; readonly id: string }[];
  /** Makes one more adapter for the same source, not yet started, for checking start and stop. */
  readonly create?: () => Adapter | Promise<Adapter>;
  /** Makes the source unreachable until the function that it gives is called. */
  readonly breakSource?: () => Promise<() => Promise<void>>;
}

export interface ConformanceOptions {
  /** Calls to the adapter, at most; 20,000 with known data, else 1,000. */
  readonly maxCalls?: number;
  /** Milliseconds, at most; ten minutes where left out. */
  readonly maxMs?: number;
  /** Milliseconds that one call may take; 30 s where left out. */
  readonly callMs?: number;
  /** Objects of an entity to look at where the data is not known; 150 where left out. */
  readonly sampleSize?: number;
  /** Names of the behaviours to check; all where left out. */
  readonly only?: readonly string[];
  /** Wait where an index of the source is still filling, however long it takes, and check again when it is full. */
  readonly wait?: boolean;
  /** Milliseconds between two looks at such an index; two seconds where left out. */
  readonly pollMs?: number;
  /** Called before the suite waits, with the calls that gave pages of such an index. */
  readonly onWait?: (calls: readonly string[]) => void;
  /** Called before each behaviour. */
  readonly onProgress?: (behaviour: string, index: number, count: number) => void;
}

/**
 * An adapter's environment whose upstream requests are counted, by `upstream` and by `http` alike; those of background
 * tasks belong to no call, and are not.
 */
export function meterUpstream(env: AdapterEnv): { readonly env: AdapterEnv; readonly meter: UpstreamMeter } {
  const meter = { started: 0, active: 0, answered: 0 };
  const counted = async <T>(call: Call, request: () => Promise<T>): Promise<T> => {
    if (call.isBackground === true) return await request();
    meter.started += 1;
    meter.active += 1;
    try {
      const answer = await request();
      meter.answered += 1;
      return answer;
    } finally {
      meter.active -= 1;
    }
  };
  return {
    meter,
    env: {
      ...env,
      http: { request: (url, request, call) => counted(call, () => env.http.request(url, request, call)) },
      upstream: (call, request) => env.upstream(call, (signal) => counted(call, () => request(signal))),
    },
  };
}

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export interface OpenSubject extends Subject {
  /** Stops the adapter and what it was given. */
  close(): Promise<void>;
}

/**
 * Makes and starts an adapter as the gateway does, with real HTTP and counted upstream requests, for the suite to check.
 *
 * @param given what stands in the configuration beside what every source takes
 * @param about what is known of the source: the more, the more the suite can check
 */
export async function openSubject<O>(
  module: AdapterModule<O>,
  given: unknown,
  about: Omit<Subject, 'adapter' | 'upstream' | 'create'> = {},
): Promise<OpenSubject> {
  const options = module.options.parse(given);
  const dataDir = await mkdtemp(join(tmpdir(), 'kcigraph-conformance-'));
  // The rate spares a server that others use. The suite makes more requests than it allows, and runs against your own.
  const upstream = new Upstream({ concurrency: module.defaults.concurrency, rate: null });
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
