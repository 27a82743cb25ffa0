import { expect, it } from 'vitest';
import { acceptedEncoding } from '../../../gateway/http/send.ts';

it.each([
  [undefined, 'identity', true],
  ['', 'identity', true],
  ['gzip', 'gzip', true],
  ['gzip, deflate, br, zstd', 'br', true],
  ['GZIP;Q=1.0, br ; q=0.5', 'gzip', true],
  ['x-gzip', 'gzip', true],
  ['*', 'br', true],
  ['br;q=0, *', 'gzip', true],
  ['br;q=0, gzip;q=0', 'identity', true],
  ['identity, gzip;q=0.5', 'identity', true],
  ['gzip, identity;q=0', 'gzip', false],
  ['gzip, *;q=0', 'gzip', false],
  ['deflate', 'identity', true],
  ['br;q=x', 'identity', true],
])('Accept-Encoding %j is answered with %s', (header, best, identity) => {
  expect(acceptedEncoding(header)).toEqual({ best, identity });
});
