import { setTimeout as delay } from 'node:timers/promises';
import type { AdapterEnv, Call } from '../../adapter.ts';
import type { Shapes } from '../nodes/shapes.ts';
import type { CheckoutIndex } from './checkout-index.ts';

/** New checkouts are looked for so often; whoever asks for a commit looks beyond that by himself. */
const POLL_MS = 10_000;
const LOOK_MS = 300_000;
const READ_MS = 30_000;
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;

/** Keeps the index of checkouts filled, beside the requests, until the signal of its call ends it. */
export async function sweep(
  index: CheckoutIndex,
  shapes: Shapes,
  { log, source }: Pick<AdapterEnv, 'log' | 'source'>,
  background: Call,
): Promise<void> {
  const { signal } = background;
  const call = (): Call => ({
    ...background,
    signal: AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]),
    deadline: Date.now() + READ_MS,
  });
  let lookedAt = 0;
  let rest = FIRST_REST_MS;
  while (!signal.aborted) {
    let pause = POLL_MS;
    const start = performance.now();
    try {
      if (Date.now() - lookedAt > LOOK_MS) {
        await shapes.look(call());
        lookedAt = Date.now();
      }
      const { isSmall } = await shapes.shape(call());
      if (!isSmall) {
        if (index.isComplete || index.newest === null) await index.forward(call());
        if (!index.isComplete) await index.backward(call());
        // While it fills, half of the time is left to those who wait for an answer.
        if (!index.isComplete) pause = Math.min(performance.now() - start, LONGEST_REST_MS);
      }
      rest = FIRST_REST_MS;
    } catch (err) {
      if (signal.aborted) return;
      log.debug({ source, err }, 'The index of checkouts could not be filled further.');
      pause = rest;
      rest = Math.min(2 * rest, LONGEST_REST_MS);
    }
    await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
