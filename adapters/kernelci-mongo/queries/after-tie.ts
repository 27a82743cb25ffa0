import type { ObjectId } from 'bson';
import { toObjectId } from '../../kit/mongo/documents.ts';

/** A condition on `_id`: null fits all, `none` fits nothing. */
export type IdBound = { readonly $gt: ObjectId } | { readonly $gte: ObjectId } | null | 'none';

const DIGITS = '0123456789abcdef';
const LENGTH = 24;

/**
 * The `_id`s whose ids (a prefix, and 24 hexadecimal digits) come behind any text in the order of bytes: a place in a list
 * may be that of another source's object.
 */
export function afterTie(prefix: string, tie: string): IdBound {
  const shared = Math.min(prefix.length, tie.length);
  for (let index = 0; index < shared; index++) {
    if (prefix[index] !== tie[index]) return (prefix[index] ?? '') > (tie[index] ?? '') ? null : 'none';
  }
  return afterDigits(tie.slice(prefix.length));
}

function afterDigits(rest: string): IdBound {
  for (let index = 0; index < Math.min(rest.length, LENGTH); index++) {
    const sign = rest[index] ?? '';
    if (DIGITS.includes(sign)) continue;
    const before = rest.slice(0, index);
    const next = [...DIGITS].find((digit) => digit > sign);
    if (next !== undefined) return { $gte: toObjectId((before + next).padEnd(LENGTH, '0')) };
    return index === 0 ? 'none' : { $gt: toObjectId(before.padEnd(LENGTH, 'f')) };
  }
  if (rest.length >= LENGTH) return { $gt: toObjectId(rest.slice(0, LENGTH)) };
  return rest === '' ? null : { $gte: toObjectId(rest.padEnd(LENGTH, '0')) };
}
