import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS, isUnstorableTime } from '../../../../adapters/kit/kcidb/formats.ts';
import { hasReference } from '../../../support/kcidb-io/reference.ts';
import { agreementWithReference } from './agreement.ts';

describe('date-time', () => {
  it.each([
    '2026-02-01T12:30:00Z',
    '2026-02-01t12:30:00z',
    '2026-02-01T12:30:00.123456789012+23:59',
    '2024-02-29T00:00:00-00:00',
    '0001-01-01T00:00:00Z',
  ])('takes %s', (time) => expect(FORMATS['date-time'](time)).toBe(true));

  it.each([
    '2026-02-01T12:30:00',
    '2026-02-01 12:30:00Z',
    '2026-02-01T12:30Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-02-01T24:00:00Z',
    '2016-12-31T23:59:60Z',
    '0000-01-01T00:00:00Z',
    '2026-02-01T12:30:00+24:00',
    '2026-02-01T12:30:00+0100',
    '2026-02-01T12:30:00.Z',
    '2026-02-01T12:30:00Z\n',
  ])('refuses %j', (time) => expect(FORMATS['date-time'](time)).toBe(false));

  it('knows the times that UTC moves out of four-digit years', () => {
    expect(isUnstorableTime('0001-01-01T00:00:00+00:01')).toBe(true);
    expect(isUnstorableTime('9999-12-31T23:59:59-00:01')).toBe(true);
    expect(isUnstorableTime('0001-01-01T00:01:00+00:01')).toBe(false);
    expect(isUnstorableTime('9999-12-31T23:59:59Z')).toBe(false);
  });
});

describe('email', () => {
  it('asks for an "@" only, as message ids of the kernel need', () => {
    for (const id of ['20260201.1@host', '<a@b>', '@']) expect(FORMATS.email(id)).toBe(true);
    for (const id of ['', 'a', 'a.example.org']) expect(FORMATS.email(id)).toBe(false);
  });
});

describe('uri', () => {
  it.each([
    'https://a',
    'a:',
    'urn:isbn:1',
    'https://u:p@a:80/b%20c?d[e'.replace('[', '?'),
    'https://[::1]:8/',
    'https://[::01.2.3.4]/',
    'https://[1:2:3:4:5:6:7::]/',
    'https://[vff.a:b]/',
    "https://a/!$&'()*+,;=:@~-._#x?",
    'https:',
    'a:///b',
  ])('takes %s', (uri) => expect(FORMATS.uri(uri)).toBe(true));

  it.each([
    '',
    'a',
    '//a/b',
    '1a:b',
    'https://a b',
    'https://é/',
    'https://a/%2',
    'https://a/%zz',
    'https://a:x/',
    'https://u@v@a/',
    'https://[1:2:3:4:5:6:7]/',
    'https://[1:2:3:4:5:6:7:8::]/',
    'https://[1::2::3]/',
    'https://[12345::]/',
    'https://[::1.2.3.256]/',
    'https://[::1]x/',
    'https://[V1.a]/',
    'https://a/[b]',
    'https://a/#b#c',
    'https://a/\n',
  ])('refuses %j', (uri) => expect(FORMATS.uri(uri)).toBe(false));

  it('judges a URI of megabytes without running out of stack', () => {
    expect(FORMATS.uri(`https://a/${'%20b'.repeat(2_000_000)}`)).toBe(true);
    expect(FORMATS.uri(`https://${'a'.repeat(8_000_000)}[`)).toBe(false);
  });
});

describe.skipIf(!hasReference())('beside kcidb-io', () => {
  const parts = [
    'a',
    'b',
    '1',
    'F',
    ':',
    '/',
    '?',
    '#',
    '[',
    ']',
    '@',
    '%',
    '%2',
    '%2F',
    '.',
    '-',
    '+',
    '::',
    '//',
    'v1.',
    ' ',
    'é',
    '\\',
    '1.2.3.4',
  ];
  const pieces = fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((chosen) => chosen.join(''));
  const uri = fc.oneof(
    pieces,
    pieces.map((rest) => `a:${rest}`),
    pieces.map((rest) => `https://${rest}`),
    pieces.map((address) => `https://[${address}]/`),
    fc.ipV6().map((address) => `https://[${address}]/`),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
  );
  const digits = (count: number) =>
    fc.integer({ min: 0, max: 10 ** count - 1 }).map((n) => String(n).padStart(count, '0'));
  const small = fc.integer({ min: 0, max: 33 }).map((n) => String(n).padStart(2, '0'));
  const time = fc
    .tuple(digits(4), small, small, small, fc.constantFrom('00', '59', '60', '61'), fc.constantFrom('00', '59', '60'))
    .chain(([year, month, day, hour, minute, second]) =>
      fc
        .tuple(
          fc.constantFrom('T', 't', ' '),
          fc.constantFrom('', '.1', '.123456789', '.', ',1'),
          fc.constantFrom('Z', 'z', '', '+01:00', '-23:59', '+24:00', '+1:00'),
        )
        .map(
          ([separator, fraction, zone]) =>
            `${year}-${month}-${day}${separator}${hour}:${minute}:${second}${fraction}${zone}`,
        ),
    );

  it.each([
    ['uri', uri, 'log_url'],
    ['date-time', time, 'start_time'],
  ] as const)('%s has the same verdict on any string', async (_name, arbitrary, field) => {
    const mutants = fc.sample(arbitrary, { numRuns: 1000, seed: 4 }).map((value) => ({
      what: JSON.stringify(value),
      document: {
        version: { major: 5, minor: 3 },
        tests: [{ id: 'a:t', origin: 'a', build_id: 'a:b', [field]: value }],
      },
    }));
    const agreement = await agreementWithReference(mutants);
    expect(agreement.disagreements).toEqual([]);
    expect(agreement.accepted).toBeGreaterThan(20);
    expect(agreement.accepted).toBeLessThan(980);
  });
});
