import { parseExactJson } from '../exact-json.ts';
import { type ByteSource, chunksOf } from '../json/byte-source.ts';
import { JsonScanner } from '../json/json-scanner.ts';

/** What one object may have at most: more would take a thread's memory, and no row could hold it. */
export const MAX_OBJECT_BYTES = 32 * 1024 * 1024;
export const MAX_OBJECT_VALUES = 500_000;

/** An element of a list that has more than {@link MAX_OBJECT_BYTES} or {@link MAX_OBJECT_VALUES}. */
export const TOO_LARGE = Symbol('too large');

interface Range {
  readonly start: number;
  readonly end: number;
  readonly values: number;
}

/** The elements of a list within a document that was read before, parsed one by one. */
export function* elementsOf(source: ByteSource, start: number, end: number): Generator<unknown> {
  const found: Range[] = [];
  const scanner = new JsonScanner(
    { child: (_, __, from, to, values) => found.push({ start: from, end: to, values }) },
    start,
  );
  for (const [chunkStart, chunk] of chunksOf(source, start, end)) {
    scanner.push(chunk);
    const ranges = found.splice(0);
    // Only the first can have begun before this chunk. Reading it overwrites the chunk, so the others are taken out first.
    const spanning = ranges[0] !== undefined && ranges[0].start < chunkStart ? ranges.shift() : undefined;
    const texts = ranges.map((range) =>
      isTooLarge(range) ? TOO_LARGE : textOf(chunk.subarray(range.start - chunkStart, range.end - chunkStart)),
    );
    if (spanning !== undefined) {
      yield isTooLarge(spanning) ? TOO_LARGE : parseExactJson(textOf(source.read(spanning.start, spanning.end)));
    }
    for (const text of texts) yield text === TOO_LARGE ? TOO_LARGE : parseExactJson(text);
  }
}

function isTooLarge({ start, end, values }: Range): boolean {
  return end - start > MAX_OBJECT_BYTES || values > MAX_OBJECT_VALUES;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
