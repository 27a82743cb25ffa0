import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SourceError } from '../../../../adapters/contract/errors.ts';
import { Breaker } from '../../../../gateway/federation/guard/breaker.ts';

const DOWN = new SourceError('SOURCE_UNAVAILABLE', 'The source is out of order.');
const rateLimited = (retryAfterMs?: number) =>
  new SourceError('SOURCE_RATE_LIMITED', 'Fewer, please.', retryAfterMs === undefined ? {} : { retryAfterMs });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function opened(openFor = 1_000): Breaker {
  const breaker = new Breaker({ failures: 2, openFor }, 60_000);
  for (let n = 0; n < 2; n += 1) breaker.failed(breaker.enter(), DOWN);
  expect(breaker.isOpen).toBe(true);
  return breaker;
}

describe('a breaker', () => {
  it('opens after so many failures in a row, and one success among them counts', () => {
    const breaker = new Breaker({ failures: 2, openFor: 1_000 }, 60_000);
    breaker.failed(breaker.enter(), DOWN);
    breaker.succeeded(breaker.enter());
    breaker.failed(breaker.enter(), DOWN);
    expect(breaker.isOpen).toBe(false);
    breaker.failed(breaker.enter(), DOWN);
    expect(() => breaker.enter()).toThrow(expect.objectContaining({ code: 'SOURCE_UNAVAILABLE', retryAfterMs: 1_000 }));
  });

  it('lets a single call through after the pause, whose outcome decides', () => {
    const breaker = opened();
    vi.advanceTimersByTime(1_000);
    const probe = breaker.enter();
    expect(() => breaker.enter()).toThrow('left alone');
    breaker.failed(probe, DOWN);
    expect(() => breaker.enter()).toThrow('left alone');
    vi.advanceTimersByTime(1_000);
    breaker.succeeded(breaker.enter());
    expect(breaker.isOpen).toBe(false);
    breaker.enter();
    breaker.enter();
  });

  it('lets another try where the one that tried left before the outcome was known', () => {
    const breaker = opened();
    vi.advanceTimersByTime(1_000);
    breaker.abandoned(breaker.enter());
    expect(breaker.enter().isProbe).toBe(true);
  });

  it('is not kept open by calls that were under way when it opened', () => {
    const breaker = new Breaker({ failures: 2, openFor: 1_000 }, 60_000);
    const passes = [1, 2, 3, 4].map(() => breaker.enter());
    for (const pass of passes.slice(0, 2)) breaker.failed(pass, DOWN);
    vi.advanceTimersByTime(900);
    for (const pass of passes.slice(2)) breaker.failed(pass, DOWN);
    vi.advanceTimersByTime(100);
    expect(breaker.enter().isProbe).toBe(true);
  });

  it('tries again after 20 seconds, whatever it was told', () => {
    const breaker = opened(3_600_000);
    vi.advanceTimersByTime(20_000);
    expect(breaker.enter().isProbe).toBe(true);
  });

  it('is opened neither by what a source cannot do nor by a wish for fewer requests', () => {
    const breaker = new Breaker({ failures: 1, openFor: 1_000 }, 60_000);
    breaker.failed(breaker.enter(), new SourceError('SOURCE_UNSUPPORTED', 'It cannot do this.'));
    breaker.failed(breaker.enter(), rateLimited(10));
    expect(breaker.isOpen).toBe(false);
  });
});

describe('a source that asked for fewer requests', () => {
  it('rests for as long as it said, or as it is configured to', () => {
    const breaker = new Breaker({ failures: 9, openFor: 1 }, 5_000);
    breaker.failed(breaker.enter(), rateLimited(2_000));
    expect(() => breaker.enter()).toThrow(
      expect.objectContaining({ code: 'SOURCE_RATE_LIMITED', retryAfterMs: 2_000 }),
    );
    vi.advanceTimersByTime(2_000);
    breaker.failed(breaker.enter(), rateLimited());
    vi.advanceTimersByTime(4_999);
    expect(() => breaker.enter()).toThrow('left alone');
    vi.advanceTimersByTime(1);
    breaker.enter();
  });

  it('rests for an hour at most, and is asked once every five minutes meanwhile', () => {
    const breaker = new Breaker({ failures: 9, openFor: 1 }, 5_000);
    breaker.failed(breaker.enter(), rateLimited(999_999_999_000));
    expect(() => breaker.enter()).toThrow(expect.objectContaining({ retryAfterMs: 3_600_000 }));
    vi.advanceTimersByTime(299_999);
    expect(() => breaker.enter()).toThrow('left alone');
    vi.advanceTimersByTime(1);
    breaker.failed(breaker.enter(), DOWN);
    expect(() => breaker.enter()).toThrow('left alone');
    vi.advanceTimersByTime(300_000);
    breaker.succeeded(breaker.enter());
    breaker.enter();

    breaker.failed(breaker.enter(), rateLimited(999_999_999_000));
    vi.advanceTimersByTime(3_600_000);
    breaker.enter();
    breaker.enter();
  });

  it('rests for the longest that it said', () => {
    const breaker = new Breaker({ failures: 9, openFor: 1 }, 5_000);
    const [long, short] = [breaker.enter(), breaker.enter()];
    breaker.failed(long, rateLimited(2_000));
    breaker.failed(short, rateLimited(10));
    vi.advanceTimersByTime(1_000);
    expect(() => breaker.enter()).toThrow('left alone');
  });
});
