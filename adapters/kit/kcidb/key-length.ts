import type { Fault } from '../../adapter.ts';
import { fault, type Place } from './fault.ts';
import type { KcidbObject } from './kcidb-object.ts';

/** The most bytes of an id: an index entry of PostgreSQL holds 2,704, and two ids with a time must fit into one. */
const MAX_ID_BYTES = 1000;
/** The most bytes of an origin. */
const MAX_ORIGIN_BYTES = 255;

const ID_FIELDS: readonly string[] = [
  'id',
  'checkout_id',
  'build_id',
  'test_id',
  'issue_id',
  // Up to 3.0; origins and local ids of 1.1 are joined by the upgrade, which looks again.
  'revision_id',
  'origin_id',
  'revision_origin_id',
  'build_origin_id',
];

/** Ids and origins that are longer than a store can index. The place is the object's. */
export function keyLengthFaults(object: KcidbObject, place: Place): Fault[] {
  const faults: Fault[] = [];
  check(object, 'origin', MAX_ORIGIN_BYTES, place, faults);
  for (const field of ID_FIELDS) check(object, field, MAX_ID_BYTES, place, faults);
  return faults;
}

function check(object: KcidbObject, field: string, limit: number, place: Place, faults: Fault[]): void {
  const value = object[field];
  // A UTF-16 unit is three bytes at most, so that most ids need not be encoded to be counted.
  if (typeof value !== 'string' || value.length * 3 <= limit || Buffer.byteLength(value) <= limit) return;
  const message = `"${field}" must have at most ${limit} bytes to be stored, not ${Buffer.byteLength(value)}.`;
  faults.push(fault([...place, field], 'storable', message, value));
}
