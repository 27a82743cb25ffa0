import { setTimeout as delay } from 'node:timers/promises';
import type { BenchGateway } from '../bench-gateway.ts';

const EVERY = 250;
/** Milliseconds after which a probe counts as unanswered, as an orchestrator would see it. */
const PATIENCE = 5_000;
const ROUTES = ['/health', '/ready', '/metrics'] as const;

/** What the routes that must always answer said under load. */
export interface Probed {
  /** The slowest answer of each, in milliseconds. */
  readonly slowest: ReadonlyMap<string, number>;
  readonly answers: number;
  /** Those that were not 200 in time, each in words. */
  readonly failures: readonly string[];
  /** The event-loop delay's 99th percentile of each interval, in milliseconds. */
  readonly loopDelays: readonly number[];
  /** The most resident memory that was seen, in MB. */
  readonly mostMemory: number;
}

/** Asks the three routes in turn while something else runs, and what the gateway says of itself. */
export async function probeDuring<T>(gateway: BenchGateway, task: () => Promise<T>): Promise<[T, Probed]> {
  const slowest = new Map<string, number>();
  const failures: string[] = [];
  const loopDelays: number[] = [];
  let answers = 0;
  let mostMemory = 0;
  // The delay is that since the last time that somebody asked.
  await gateway.figures();
  const over = new AbortController();
  const probe = async (route: string) => {
    const started = performance.now();
    try {
      const response = await fetch(`${gateway.url}${route}`, { signal: AbortSignal.timeout(PATIENCE) });
      const text = await response.text();
      answers += 1;
      if (response.status !== 200) failures.push(`${route} answered ${response.status}`);
      if (route === '/metrics') {
        loopDelays.push(1000 * Number(/^kcigraph_nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(text)?.[1]));
        const memory = Number(/^kcigraph_process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
        mostMemory = Math.max(mostMemory, memory / 2 ** 20);
      }
    } catch (error) {
      failures.push(`${route} did not answer: ${error instanceof Error ? error.message : error}`);
    }
    slowest.set(route, Math.max(slowest.get(route) ?? 0, performance.now() - started));
  };
  const probing = (async () => {
    while (!over.signal.aborted) {
      for (const route of ROUTES) {
        await probe(route);
        await delay(EVERY, undefined, { signal: over.signal }).catch(() => undefined);
      }
    }
  })();
  const result = await task().finally(() => over.abort());
  await probing;
  return [result, { slowest, answers, failures, loopDelays, mostMemory }];
}
