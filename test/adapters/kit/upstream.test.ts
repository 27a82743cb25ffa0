import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { Upstream } from '../../../adapters/kit/upstream.ts';

const waiting = (signal = new AbortController().signal, ms = 5_000) => ({ signal, deadline: Date.now() + ms });
const DOWN = new SourceError('SOURCE_UNAVAILABLE', 'The source could not be reached.');

describe('upstream requests', () => {
  it('run as many at once as allowed, in the order in which they came', async () => {
    const upstream = new Upstream({ concurrency: 2, rate: null });
    const started: number[] = [];
    let [underWay, most] = [0, 0];
    await Promise.all(
      [0, 1, 2, 3, 4].map((index) =>
        upstream.run(waiting(), async () => {
          started.push(index);
          underWay += 1;
          most = Math.max(most, underWay);
          await delay(5);
          underWay -= 1;
        }),
      ),
    );
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });

  it('leave the queue when nobody waits any more, and let the next one in', async () => {
    const upstream = new Upstream({ concurrency: 1, rate: null });
    const gone = new AbortController();
    const first = upstream.run(waiting(), () => delay(30));
    const second = upstream.run(waiting(gone.signal), () => Promise.resolve('never'));
    const third = upstream.run(waiting(), () => Promise.resolve('third'));
    gone.abort();
    await expect(second).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    await first;
    await expect(third).resolves.toBe('third');
    await expect(upstream.run(waiting(), () => Promise.resolve('again'))).resolves.toBe('again');
  });

  it('keep to the rate', async () => {
    const upstream = new Upstream({ concurrency: 10, rate: 50 });
    const start = performance.now();
    await Promise.all([1, 2, 3, 4, 5].map(() => upstream.run(waiting(), () => Promise.resolve())));
    expect(performance.now() - start).toBeGreaterThanOrEqual(75);
  });

  it('are tried once more where the source could not be reached', async () => {
    const upstream = new Upstream({ concurrency: 1, rate: null });
    let tries = 0;
    const flaky = async () => {
      tries += 1;
      if (tries === 1) throw DOWN;
      return 'answer';
    };
    await expect(upstream.run(waiting(), flaky)).resolves.toBe('answer');
    expect(tries).toBe(2);
  });

  it.each([
    ['it was rate limited', new SourceError('SOURCE_RATE_LIMITED', 'Fewer, please.'), 5_000],
    ['it cannot be understood', new SourceError('SOURCE_BAD_DATA', 'Garbage.'), 5_000],
    ['no time is left', DOWN, 10],
  ])('are not tried again where %s', async (_, error, ms) => {
    const upstream = new Upstream({ concurrency: 1, rate: null });
    let tries = 0;
    const failing = async () => {
      tries += 1;
      throw error;
    };
    await expect(upstream.run(waiting(undefined, ms), failing)).rejects.toBe(error);
    expect(tries).toBe(1);
  });
});

describe('a source that asks for a long rest', () => {
  it('has an hour, and is asked by one request every five minutes meanwhile', async () => {
    vi.useFakeTimers();
    try {
      const upstream = new Upstream({ concurrency: 4, rate: null });
      const limited = new SourceError('SOURCE_RATE_LIMITED', 'Fewer, please.', { retryAfterMs: 999_999_999_000 });
      const ask = (answer: Promise<string>) => upstream.run(waiting(), () => answer);
      const refused = { code: 'SOURCE_RATE_LIMITED' };
      await expect(ask(Promise.reject(limited))).rejects.toBe(limited);
      await expect(ask(Promise.resolve('early'))).rejects.toMatchObject({ ...refused, retryAfterMs: 3_600_000 });
      await vi.advanceTimersByTimeAsync(300_000);
      await expect(ask(Promise.reject(limited))).rejects.toBe(limited);
      await expect(ask(Promise.resolve('early'))).rejects.toMatchObject(refused);
      await vi.advanceTimersByTimeAsync(300_000);
      await expect(ask(Promise.resolve('well again'))).resolves.toBe('well again');
      await expect(ask(Promise.resolve('another'))).resolves.toBe('another');
    } finally {
      vi.useRealTimers();
    }
  });
});
