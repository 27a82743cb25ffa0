import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { Semaphore } from '../../../adapters/kit/semaphore.ts';
import { Upstream } from '../../../adapters/kit/upstream.ts';

const waiting = (signal = new AbortController().signal, ms = 5_000) => ({ signal, deadline: Date.now() + ms });
const inBackground = () => ({ ...waiting(), isBackground: true });

describe('requests of background tasks', () => {
  it('come behind those that a person waits for, whoever came first', async () => {
    const upstream = new Upstream({ concurrency: 1, rate: null });
    const order: string[] = [];
    const ask = (name: string, call = waiting()) =>
      upstream.run(call, async () => {
        order.push(name);
        await delay(5);
      });
    const first = ask('first');
    const background = Promise.all([ask('background 1', inBackground()), ask('background 2', inBackground())]);
    const people = Promise.all([ask('person 1'), ask('person 2')]);
    await Promise.all([first, background, people]);
    expect(order).toEqual(['first', 'person 1', 'person 2', 'background 1', 'background 2']);
  });

  it('take half of what may be under way, so that a person finds room', async () => {
    const upstream = new Upstream({ concurrency: 4, rate: null });
    let underWay = 0;
    let most = 0;
    const task = () =>
      upstream.run(inBackground(), async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await delay(20);
        underWay -= 1;
      });
    const background = Promise.all([1, 2, 3, 4, 5, 6].map(task));
    await delay(5);
    const start = performance.now();
    await upstream.run(waiting(), () => Promise.resolve());
    expect(performance.now() - start).toBeLessThan(15);
    await background;
    expect(most).toBe(2);
  });

  it('take half of the rate', async () => {
    const upstream = new Upstream({ concurrency: 10, rate: 100 });
    const start = performance.now();
    await Promise.all([1, 2, 3, 4, 5].map(() => upstream.run(inBackground(), () => Promise.resolve())));
    expect(performance.now() - start).toBeGreaterThanOrEqual(75);
  });
});

describe('a queue of requests', () => {
  it('is bounded: what comes on top is refused at once, and not tried again', async () => {
    const upstream = new Upstream({ concurrency: 1, rate: null, maxWaiting: 2 });
    const release = Promise.withResolvers<void>();
    const held = [1, 2, 3].map(() => upstream.run(waiting(), () => release.promise));
    const start = performance.now();
    await expect(upstream.run(waiting(), () => Promise.resolve())).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
    expect(performance.now() - start).toBeLessThan(40);
    release.resolve();
    await Promise.all(held);
    await expect(upstream.run(waiting(), () => Promise.resolve('again'))).resolves.toBe('again');
  });

  it('is the gateway’s own fault, and lets a probe through', async () => {
    const upstream = new Upstream({ concurrency: 1, rate: null, maxWaiting: 1 });
    const release = Promise.withResolvers<void>();
    const held = [1, 2].map(() => upstream.run(waiting(), () => release.promise));
    await expect(upstream.run(waiting(), () => Promise.resolve())).rejects.toMatchObject({ origin: 'gateway' });
    await expect(upstream.run({ ...waiting(), isProbe: true }, () => Promise.resolve('there'))).resolves.toBe('there');
    release.resolve();
    await Promise.all(held);
  });

  it('spends no turn of the rate on those that left', async () => {
    const upstream = new Upstream({ concurrency: 10, rate: 20 });
    const gone = new AbortController();
    await upstream.run(waiting(), () => Promise.resolve());
    const left = [1, 2, 3, 4, 5].map(() => upstream.run(waiting(gone.signal), () => Promise.resolve()));
    const settled = Promise.allSettled(left);
    gone.abort();
    const start = performance.now();
    await upstream.run(waiting(), () => Promise.resolve());
    expect(performance.now() - start).toBeLessThan(90);
    expect((await settled).every(({ status }) => status === 'rejected')).toBe(true);
  });
});

describe('the requests of one caller', () => {
  it('take no more than its share, and leave the rest to others', async () => {
    const upstream = new Upstream({ concurrency: 4, rate: null });
    const release = Promise.withResolvers<void>();
    const share = new Semaphore(3);
    let underWay = 0;
    const ask = () => {
      underWay += 1;
      return release.promise;
    };
    const many = Array.from({ length: 9 }, () => upstream.run({ ...waiting(), share }, ask));
    await expect(upstream.run(waiting(), () => Promise.resolve('another'))).resolves.toBe('another');
    expect(underWay).toBe(3);
    const gone = new AbortController();
    const left = upstream.run({ ...waiting(gone.signal), share }, ask);
    gone.abort();
    await expect(left).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT', origin: 'gateway' });
    release.resolve();
    await Promise.all(many);
    expect(underWay).toBe(9);
  });
});

describe('an upstream request', () => {
  it('that does not heed its end gives its permit back after a grace', async () => {
    vi.useFakeTimers();
    try {
      const upstream = new Upstream({ concurrency: 1, rate: null });
      const gone = new AbortController();
      void upstream.run(waiting(gone.signal), () => new Promise(() => undefined));
      const next = upstream.run(waiting(), () => Promise.resolve('next'));
      await vi.advanceTimersByTimeAsync(1);
      gone.abort();
      await vi.advanceTimersByTimeAsync(10_000);
      await expect(next).resolves.toBe('next');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not begun where its end came with its permit', async () => {
    const upstream = new Upstream({ concurrency: 1, rate: null });
    const gone = new AbortController();
    const request = vi.fn(() => Promise.resolve());
    const running = upstream.run(waiting(gone.signal), request);
    gone.abort();
    await expect(running).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(request).not.toHaveBeenCalled();
    await expect(upstream.run(waiting(), () => Promise.resolve('next'))).resolves.toBe('next');
  });

  it('is measured: how long it waited, how long it took, and how it failed', async () => {
    const seen: (string | null)[] = [];
    const retried = vi.fn();
    const upstream = new Upstream(
      { concurrency: 1, rate: null },
      { requested: (_, __, code) => seen.push(code), retried },
    );
    const down = new SourceError('SOURCE_UNAVAILABLE', 'The source could not be reached.');
    await upstream.run(waiting(), () => Promise.resolve());
    await expect(upstream.run(waiting(), () => Promise.reject(down))).rejects.toBe(down);
    await expect(upstream.run(waiting(), () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    expect(seen).toEqual([null, 'SOURCE_UNAVAILABLE', 'SOURCE_UNAVAILABLE', 'UNKNOWN']);
    expect(retried).toHaveBeenCalledOnce();
  });

  it('is not made where the source is offline', async () => {
    const upstream = new Upstream({ concurrency: 1, rate: null, offline: true });
    const request = vi.fn(() => Promise.resolve());
    await expect(upstream.run(waiting(), request)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(request).not.toHaveBeenCalled();
  });
});
