import { afterEach, expect, it } from 'vitest';
import { StartQueue } from '../../../gateway/http/admission.ts';

const REQUESTS = 100;
let isSpinning = false;
afterEach(() => {
  isSpinning = false;
});

/** Leaves the event loop no time, but lets others have their turn. */
function keepBusy(): Promise<void> {
  isSpinning = true;
  const until = performance.now() + 200;
  return new Promise((resolve) => {
    const spin = () => {
      for (const end = performance.now() + 2; performance.now() < end; );
      if (performance.now() > until) resolve();
      if (isSpinning) setImmediate(spin);
    };
    spin();
  });
}

function ask(queue: StartQueue, count: number, signal = new AbortController().signal): number[] {
  const started: number[] = [];
  for (let number = 0; number < count; number += 1) void queue.start(signal).then(() => started.push(number));
  return started;
}

it('starts all requests at once while the event loop has time', async () => {
  const started = ask(new StartQueue(), REQUESTS);
  await expect.poll(() => started.length, { interval: 5 }).toBe(REQUESTS);
});

it('holds requests back while the event loop is busy, and starts the oldest when one ends', async () => {
  const queue = new StartQueue();
  await keepBusy();
  const started = ask(queue, REQUESTS);
  await new Promise(setImmediate);
  const first = started.length;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(REQUESTS);
  queue.end();
  await new Promise(setImmediate);
  expect(started).toEqual(Array.from({ length: first + 1 }, (_, number) => number));
});

it('starts all that it holds once the event loop has time again', async () => {
  const queue = new StartQueue();
  await keepBusy();
  const started = ask(queue, REQUESTS);
  await new Promise(setImmediate);
  expect(started.length).toBeLessThan(REQUESTS);
  isSpinning = false;
  await expect.poll(() => started.length, { interval: 5 }).toBe(REQUESTS);
});

it('lets a request go whose client has gone', async () => {
  const queue = new StartQueue();
  await keepBusy();
  const first = ask(queue, REQUESTS);
  const gone = new AbortController();
  const started = ask(queue, 1, gone.signal);
  await new Promise(setImmediate);
  expect([first.length < REQUESTS, started.length]).toEqual([true, 0]);
  gone.abort();
  await new Promise(setImmediate);
  expect(started.length).toBe(1);
});
