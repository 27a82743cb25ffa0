import { SourceError } from '../errors.ts';
import type { Row } from './to-row.ts';

/** Bytes. An index entry holds 2,704: a parent's id, the time and the own id. */
export const MAX_ID_BYTES = 1000;
export const MAX_ORIGIN_BYTES = 255;

const IDS = ['id', 'checkout_id', 'build_id', 'test_id', 'issue_id'];

/** @throws {SourceError} SOURCE_BAD_DATA where an id or origin is longer than the store's indexes can hold. */
export function checkKeyLengths(row: Row): void {
  for (const name of IDS) check(row, name, MAX_ID_BYTES);
  check(row, 'origin', MAX_ORIGIN_BYTES);
}

function check(row: Row, name: string, limit: number): void {
  const value = row[name];
  // A character is three bytes at most, counted in units of UTF-16.
  if (typeof value !== 'string' || value.length * 3 <= limit || Buffer.byteLength(value) <= limit) return;
  const cut = `${value.slice(0, 100)}…`;
  throw new SourceError(
    'SOURCE_BAD_DATA',
    `The ${name} ${JSON.stringify(cut)} has ${Buffer.byteLength(value)} bytes, and the store takes ${limit} at most.`,
    { id: cut },
  );
}
