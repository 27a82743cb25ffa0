import { describe, expect, it } from 'vitest';
import { retryAfter } from '../../../adapters/kit/http-client.ts';

const NOW = Date.parse('2026-03-01T10:00:00Z');

describe('how long a service wants to be left alone', () => {
  it.each<[string | undefined, string, number | null]>([
    ['7', '', 7_000],
    [' 120 ', '', 120_000],
    ['0', '', 0],
    ['Sun, 01 Mar 2026 10:00:30 GMT', '', 30_000],
    ['Sun, 01 Mar 2026 09:00:00 GMT', '', 0],
    ['soon', '', null],
    ['-5', '', null],
    [undefined, '', null],
    [undefined, '429 Too Many Requests\nAllowed rate is 10 requests per 10 seconds.\n', 10_000],
    [undefined, '{"detail":"Request was throttled. Expected available in 30 seconds."}', 30_000],
    [undefined, 'Slow down: 60 requests per minute.', 60_000],
    [undefined, 'Please wait 5 minutes.', 300_000],
    [undefined, 'Try again after 250ms.', 250],
    [undefined, 'At most 1000 requests per hour are allowed.', 3_600_000],
    [undefined, 'Come back later.', null],
    ['3', 'Allowed rate is 10 requests per 10 seconds.', 3_000],
    ['soon', 'Expected available in 4.5 seconds.', 4_500],
  ])('is read from the header %j and the message %j', (header, message, expected) => {
    expect(retryAfter(header, message, NOW)).toBe(expected);
  });
});
