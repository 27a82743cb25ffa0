import type { StoredObject } from '../../adapters/contract/adapter.ts';
import { test } from './model-objects.ts';
import { aCall, type OpenStore } from './open-store.ts';

/** What a load took of this process. */
export interface Measured {
  readonly seconds: number;
  /** Milliseconds of work in one go: how long the event loop was kept from anything else by us, not by other processes. */
  readonly longestSlice: number;
  /** Bytes of memory at most, above what was used before. */
  readonly memory: number;
}

/** Loads a document of this many bytes (as JSON, nearly), excerpts as long as in production, and watches the process meanwhile. */
export async function measuredLoad(opened: OpenStore, bytes: number): Promise<Measured> {
  const before = process.memoryUsage().rss;
  let most = before;
  let longestSlice = 0;
  let last = process.threadCpuUsage();
  const watch = setInterval(() => {
    const now = process.threadCpuUsage();
    longestSlice = Math.max(longestSlice, (now.user + now.system - last.user - last.system) / 1000);
    last = now;
    most = Math.max(most, process.memoryUsage().rss);
  }, 2);
  const start = performance.now();
  try {
    const by = { origins: null, submission: `measured-${bytes}` };
    await opened.store.load(manyTests(bytes), by, aCall());
  } finally {
    clearInterval(watch);
  }
  return { seconds: (performance.now() - start) / 1000, longestSlice, memory: most - before };
}

async function* manyTests(bytes: number): AsyncIterable<StoredObject> {
  const lines = Array.from(
    { length: 120 },
    (_, n) => `[${(n * 7919) % 1000}.${(n * 104729) % 100000}] device ${n % 17} failed: -${n % 40}, ${n}`,
  );
  const excerpt = lines.join('\\n').slice(0, 8000);
  const size = excerpt.length + 400;
  for (let n = 0; n * size < bytes; n += 1) {
    yield test({
      id: `maestro:${(n * 7919) % 100_003}:${n}`,
      buildId: `maestro:build${n >> 8}`,
      path: `ltp.syscalls.test${n % 400}`,
      status: 'PASS',
      startTime: `2026-02-01T10:00:00.${String(n).padStart(6, '0')}Z`,
      duration: n / 7,
      environment: { comment: null, compatible: null, misc: { platform: `board${n % 30}` } },
      logExcerpt: `${n} ${excerpt}`,
    });
  }
}
