import type { ByteSource } from './byte-source.ts';
import { chunksOf } from './byte-source.ts';

/** A place in a text as editors count: lines and characters from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const NEWLINE = 0x0a;

/** The line and column of a byte. */
export function positionOf(source: ByteSource, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (const [start, chunk] of chunksOf(source, 0, offset)) {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) {
      line++;
      lineStart = start + at + 1;
    }
  }
  let column = 1;
  for (const [, chunk] of chunksOf(source, lineStart, offset)) {
    // A character of several bytes counts by its first.
    for (const byte of chunk) if ((byte & 0xc0) !== 0x80) column++;
  }
  return { line, column };
}
