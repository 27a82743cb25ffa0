import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';

/** Of each kind of resource so many more may be there than before: what vitest itself does meanwhile. */
const SLACK = 8;

/** Watches over what faults may leave behind in this process. */
export class Leaks {
  readonly #rejections: unknown[] = [];
  #before: ReadonlyMap<string, number> = new Map();
  #heap = 0;

  start(): void {
    process.on('unhandledRejection', this.#onRejection);
    this.#before = resources();
    this.#heap = heap();
  }

  /** @param heapBytes that the heap may have grown by */
  async expectNone(heapBytes = 64 * 1024 * 1024): Promise<void> {
    process.off('unhandledRejection', this.#onRejection);
    expect(this.#rejections).toEqual([]);
    // What was cancelled is let go within the grace that its end is given.
    await expect.poll(() => grown(this.#before, resources()), { timeout: 10_000, interval: 200 }).toEqual([]);
    expect(heap() - this.#heap).toBeLessThan(heapBytes);
  }

  readonly #onRejection = (reason: unknown): void => {
    this.#rejections.push(reason);
  };
}

function resources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function grown(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): readonly string[] {
  return [...after]
    .filter(([kind, count]) => count > (before.get(kind) ?? 0) + SLACK)
    .map(([kind, count]) => `${kind}: ${count} instead of ${before.get(kind) ?? 0}`);
}

function heap(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}
