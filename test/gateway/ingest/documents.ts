import { Readable } from 'node:stream';

export const VERSION = { major: 5, minor: 3 };

/** A valid document of so many tests of one origin. */
export function documentOfTests(count: number, origin = 'acme', fill: object = {}) {
  const tests = Array.from({ length: count }, (_, index) => ({
    id: `${origin}:test-${index}`,
    origin,
    build_id: `${origin}:build-1`,
    path: 'suite.case',
    status: 'PASS',
    start_time: '2026-01-02T03:04:05.123456Z',
    ...fill,
  }));
  return { version: VERSION, tests };
}

/** A body as a server hands it over: chunks that end anywhere. */
export function bodyOf(document: unknown, chunkBytes = 64 * 1024): AsyncIterable<Uint8Array> {
  const bytes = Buffer.isBuffer(document) ? document : Buffer.from(JSON.stringify(document));
  return Readable.from(chunks(bytes, chunkBytes));
}

function* chunks(bytes: Buffer, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const NEVER = new AbortController().signal;
