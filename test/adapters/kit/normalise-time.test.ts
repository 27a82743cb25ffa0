import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseTime } from '../../../adapters/contract/time-and-url.ts';

describe('a time in normal form', () => {
  it.each([
    ['2026-02-01T12:30:00Z', '2026-02-01T12:30:00.000000Z'],
    ['2026-02-01t12:30:00.1z', '2026-02-01T12:30:00.100000Z'],
    ['2026-02-01T00:30:00.123456789+01:00', '2026-01-31T23:30:00.123456Z'],
    ['2024-02-28T23:59:59.999999-00:01', '2024-02-29T00:00:59.999999Z'],
    ['2026-02-01T12:30:00-00:00', '2026-02-01T12:30:00.000000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
    ['0099-12-31T23:30:00-01:00', '0100-01-01T00:30:00.000000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000000Z'],
  ])('of %s is %s', (text, normal) => expect(normaliseTime(text)).toBe(normal));

  it.each([
    '',
    '2026-02-01',
    '2026-02-01T12:30:00',
    '2026-02-30T12:30:00Z',
    '2026-02-01T25:30:00Z',
    '2026-02-01T12:30:61Z',
    '2026-02-01T12:30:00+24:00',
    '0000-12-31T23:59:59Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
  ])('does not exist for %j', (text) => expect(normaliseTime(text)).toBeNull());

  it('is the same instant for every zone, and stays as it is', () => {
    const instant = fc.date({
      min: new Date('0002-01-01T00:00:00Z'),
      max: new Date('9998-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, fc.integer({ min: -1439, max: 1439 }), (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const minutes = Math.abs(offset);
        const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
        const normal = normaliseTime(local + zone);
        expect(normal).toBe(date.toISOString().replace('Z', '000Z'));
        expect(normaliseTime(normal ?? '')).toBe(normal);
      }),
    );
  });
});

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
