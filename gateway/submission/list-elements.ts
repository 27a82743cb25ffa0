import { type ByteSource, chunksOf } from './byte-source.ts';
import { JsonScanner } from './json-scanner.ts';

/** One object larger than this is not read: it could not be stored in one row either. */
export const MAX_OBJECT_BYTES = 16 * 1024 * 1024;

/** An element of a list that is larger than {@link MAX_OBJECT_BYTES}. */
export const TOO_LARGE = Symbol('too large');

/** The elements of a list within a document that was read before, parsed one by one. */
export function* elementsOf(source: ByteSource, start: number, end: number): Generator<unknown> {
  const ranges: number[] = [];
  const scanner = new JsonScanner({ child: (_keyStart, _keyEnd, from, to) => ranges.push(from, to) }, start);
  for (const [chunkStart, chunk] of chunksOf(source, start, end)) {
    scanner.push(chunk);
    const chunkEnd = chunkStart + chunk.length;
    const texts: string[] = [];
    let spansChunks = false;
    for (let at = 0; at < ranges.length; at += 2) {
      const [from, to] = [ranges[at] ?? 0, ranges[at + 1] ?? 0];
      // Only the first can have begun before this chunk, and only reading it overwrites the chunk: it comes last.
      if (from >= chunkStart && to <= chunkEnd) texts.push(textOf(chunk.subarray(from - chunkStart, to - chunkStart)));
      else spansChunks = true;
    }
    if (spansChunks) yield parsed(source, ranges[0] ?? 0, ranges[1] ?? 0);
    ranges.length = 0;
    for (const text of texts) yield JSON.parse(text);
  }
}

function parsed(source: ByteSource, from: number, to: number): unknown {
  return to - from > MAX_OBJECT_BYTES ? TOO_LARGE : JSON.parse(textOf(source.read(from, to)));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
