import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { SingleFlight } from '../../../adapters/kit/single-flight.ts';
import { quietLog } from '../../support/federated-gateway.ts';

interface Caller extends Call {
  readonly told: string[];
}

function caller(ms = 5_000, more: Partial<Call> = {}): Caller {
  const told: string[] = [];
  return {
    signal: new AbortController().signal,
    deadline: Date.now() + ms,
    fields: new Set(),
    log: quietLog(),
    warn: ({ message }) => told.push(message),
    kept: (ageMs) => told.push(`kept for ${ageMs}`),
    told,
    ...more,
  };
}

/** A shared call that ends when it is told to. */
function shared() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const calls: Call[] = [];
  const start = async (call: Call) => {
    calls.push(call);
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => call.signal.addEventListener('abort', () => reject(call.signal.reason))),
    ]);
  };
  return { start, calls, end: resolve };
}

describe('a shared call', () => {
  it('gives its warnings and ages to each caller, also to one that joins late', async () => {
    const flights = new SingleFlight();
    const { start, calls, end } = shared();
    const [one, late] = [caller(), caller()];
    const first = flights.join('a', one, start);
    calls[0]?.warn(new SourceError('SOURCE_BAD_DATA', 'A record is bad.'));
    calls[0]?.kept?.(7);
    const second = flights.join('a', late, start);
    calls[0]?.warn(new SourceError('SOURCE_BAD_DATA', 'Another one too.'));
    end('answer');
    expect(await Promise.all([first, second])).toEqual(['answer', 'answer']);
    const all = ['A record is bad.', 'kept for 7', 'Another one too.'];
    expect([one.told, late.told]).toEqual([all, all]);
    expect(calls).toHaveLength(1);
  });

  it('goes on for those who have more time when one leaves at its deadline', async () => {
    const flights = new SingleFlight();
    const { start, calls, end } = shared();
    const hasty = flights.join('a', caller(30), start);
    const patient = flights.join('a', caller(), start);
    await expect(hasty).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(calls[0]?.signal.aborted).toBe(false);
    expect(calls[0]?.deadline).toBeGreaterThan(Date.now() + 1_000);
    end('answer');
    expect(await patient).toBe('answer');
  });

  it('is cancelled when the last caller has left, and not joined from then on', async () => {
    const flights = new SingleFlight();
    const { start, calls, end } = shared();
    const [one, other] = [new AbortController(), new AbortController()];
    const both = [one, other].map(({ signal }) => flights.join('a', caller(5_000, { signal }), start));
    one.abort();
    await expect(both[0]).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(calls[0]?.signal.aborted).toBe(false);
    other.abort();
    await expect(both[1]).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(calls[0]?.signal.aborted).toBe(true);
    const next = flights.join('a', caller(), start);
    end('answer');
    expect(await next).toBe('answer');
    expect(calls).toHaveLength(2);
  });

  it('is begun anew for a caller with more time, where it ran out of the time of the first', async () => {
    const flights = new SingleFlight();
    let begun = 0;
    const start = async ({ deadline }: Call): Promise<number> => {
      begun += 1;
      // It looks at its deadline once, as a request does that is given a time-out.
      const mine = begun;
      await delay(Math.min(60, Math.max(0, deadline - Date.now())));
      if (mine === 1) throw new SourceError('SOURCE_TIMEOUT', 'It took too long.');
      return mine;
    };
    const hasty = flights.join('a', caller(50), start);
    const patient = flights.join('a', caller(), start);
    await expect(hasty).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(await patient).toBe(2);
  });

  it('is not joined by a caller that takes only what is newer', async () => {
    const flights = new SingleFlight();
    const { start, calls, end } = shared();
    const first = flights.join('a', caller(), start);
    await delay(30);
    const second = flights.join('a', caller(5_000, { maxAgeMs: 10 }), start);
    expect(calls).toHaveLength(2);
    end('answer');
    expect(await Promise.all([first, second])).toEqual(['answer', 'answer']);
  });
});
