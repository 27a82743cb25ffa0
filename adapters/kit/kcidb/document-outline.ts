import type { Fault } from '../../adapter.ts';
import { type ByteSource, chunksOf } from '../json/byte-source.ts';
import { JsonScanner } from '../json/json-scanner.ts';
import { Utf8Check } from '../json/utf8-check.ts';
import { fault } from './fault.ts';
import { explainEncodingFault, explainScanFault, readKey } from './unreadable.ts';

/** Where the value of a key at the top of a document lies. */
export interface Member {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** What lies at the top of a document: its members, the last of each key, or nothing where it is no object. */
export interface Outline {
  readonly members: readonly Member[] | null;
}

/** Far more than any version has, and than faults are told. */
const MAX_MEMBERS = 10_000;

/**
 * Reads a document once from end to end: whether it is UTF-8 and JSON, nests no deeper than can be stored, and which
 * members it has. Gives the first fault where it cannot be read.
 */
export function outlineOf(source: ByteSource, isCancelled: () => boolean): Outline | { readonly fault: Fault } {
  const members = new Map<string, Member>();
  const keys: { start: number; end: number; valueStart: number; valueEnd: number }[] = [];
  const scanner = new JsonScanner({
    child(keyStart, keyEnd, valueStart, valueEnd) {
      if (keyStart >= 0) keys.push({ start: keyStart, end: keyEnd, valueStart, valueEnd });
    },
  });
  const utf8 = new Utf8Check();
  let count = 0;
  for (const [start, chunk] of chunksOf(source, 0, source.size)) {
    if (isCancelled()) break;
    const invalid = utf8.push(chunk);
    // What lies before the fault is read first: it may hold another, and it tells the place.
    scanner.push(invalid < 0 ? chunk : chunk.subarray(0, Math.max(0, invalid - start)));
    if (scanner.fault !== null) return { fault: explainScanFault(source, scanner, scanner.fault) };
    if (invalid >= 0) return { fault: explainEncodingFault(source, scanner, invalid) };
    keep(keys.splice(0));
    if (count > MAX_MEMBERS) return { fault: tooManyMembers() };
  }
  const unfinished = utf8.end();
  if (unfinished >= 0) return { fault: explainEncodingFault(source, scanner, unfinished) };
  scanner.end();
  if (scanner.fault !== null) return { fault: explainScanFault(source, scanner, scanner.fault) };
  keep(keys);
  return { members: startsObject(source) ? [...members.values()] : null };

  // Reading a key overwrites the chunk, so it waits until the chunk is scanned.
  function keep(found: typeof keys) {
    count += found.length;
    for (const { start, end, valueStart, valueEnd } of found.slice(0, MAX_MEMBERS)) {
      const key = readKey(source, start, end);
      members.set(key, { key, start: valueStart, end: valueEnd });
    }
  }
}

function tooManyMembers(): Fault {
  const message = `The document has more than ${MAX_MEMBERS} keys at its top: it takes "version" and the lists of its version.`;
  return fault([], 'additionalProperties', message, undefined);
}

function startsObject(source: ByteSource): boolean {
  for (const [, chunk] of chunksOf(source, 0, source.size)) {
    for (const byte of chunk)
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return byte === 0x7b;
  }
  return false;
}
