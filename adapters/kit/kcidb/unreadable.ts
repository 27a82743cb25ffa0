import type { Fault } from '../../adapter.ts';
import type { ByteSource } from '../json/byte-source.ts';
import { type JsonScanner, MAX_DEPTH, type ScanFault } from '../json/json-scanner.ts';
import { positionOf } from '../json/position.ts';
import { fault, type Place } from './fault.ts';

const SHOWN_BYTES = 40;
const MAX_KEY_BYTES = 1000;

/** Says why a document cannot be read, from what stopped its scan: the line, the column and the place in the document. */
export function explainScanFault(source: ByteSource, scanner: JsonScanner, found: ScanFault): Fault {
  const at = describePosition(source, found.offset);
  const place = placeOf(source, scanner);
  switch (found.kind) {
    case 'depth': {
      const message = `Objects and lists are nested more than ${MAX_DEPTH} deep at ${at}: store deeper data as text, or by URL.`;
      return fault(place, 'storable', message, snippet(source, found.offset));
    }
    case 'nul': {
      const message = `There is a byte 0 at ${at}, which cannot be stored: take it out, or send the document as UTF-8.`;
      return fault(place, 'storable', message, snippet(source, found.offset));
    }
    case 'end': {
      if (isBlank(source)) {
        return fault([], 'json', 'The document is empty: send one JSON object with a "version".', '');
      }
      const message = `The document ends at ${at}, where ${found.expected} should follow: it was cut off.`;
      return fault(place, 'json', message, snippet(source, Math.max(0, found.offset - SHOWN_BYTES)));
    }
    case 'syntax': {
      if (found.offset === 0 && startsWith(source, [0xef, 0xbb, 0xbf])) {
        const message =
          'The document begins with a byte order mark, which is not part of JSON: save it as UTF-8 without.';
        return fault([], 'json', message, '\ufeff');
      }
      if (found.offset === 0 && startsWith(source, [0x1f, 0x8b])) {
        const message = 'The document is compressed by gzip: unpack it, or post it with "Content-Encoding: gzip".';
        return fault([], 'json', message, null);
      }
      const shown = snippet(source, found.offset);
      const what = `"${firstCharacter(shown)}"`;
      const message =
        found.expected === ''
          ? `The document is not JSON: it is complete before ${at}, and ${what} follows.`
          : `The document is not JSON: at ${at}, ${found.expected} should stand in the place of ${what}.`;
      return fault(place, 'json', message, shown);
    }
  }
}

/** Says where a document is not UTF-8. `scanner` has read what lies before. */
export function explainEncodingFault(source: ByteSource, scanner: JsonScanner, offset: number): Fault {
  const place = placeOf(source, scanner);
  if (offset === 0 && (startsWith(source, [0xff, 0xfe]) || startsWith(source, [0xfe, 0xff]))) {
    return fault([], 'storable', 'The document is UTF-16: send it as UTF-8.', null);
  }
  if (offset === 0 && startsWith(source, [0x1f, 0x8b])) {
    const message = 'The document is compressed by gzip: unpack it, or post it with "Content-Encoding: gzip".';
    return fault([], 'storable', message, null);
  }
  const byte = (source.read(offset, offset + 1)[0] ?? 0).toString(16).padStart(2, '0');
  const message = `The document is not UTF-8: byte ${offset}, at ${describePosition(source, offset)}, is 0x${byte}: send it as UTF-8.`;
  return fault(place, 'storable', message, `0x${byte}`);
}

/** The text of a key between its quotes; a long one is cut. */
export function readKey(source: ByteSource, start: number, end: number): string {
  if (end - start > MAX_KEY_BYTES) {
    return Buffer.from(source.read(start + 1, start + MAX_KEY_BYTES)).toString('utf8');
  }
  const key: unknown = JSON.parse(Buffer.from(source.read(start, end)).toString('utf8'));
  return String(key);
}

function placeOf(source: ByteSource, scanner: JsonScanner): Place {
  return scanner.place().map((part) => (typeof part === 'number' ? part : readKey(source, part[0], part[1])));
}

function describePosition(source: ByteSource, offset: number): string {
  const { line, column } = positionOf(source, offset);
  return `line ${line}, column ${column}`;
}

function snippet(source: ByteSource, offset: number): string {
  return Buffer.from(source.read(offset, Math.min(source.size, offset + SHOWN_BYTES)))
    .toString('utf8')
    .replace(/\ufffd+$/, '');
}

function firstCharacter(text: string): string {
  const character = String.fromCodePoint(text.codePointAt(0) ?? 0x20);
  return /[\p{Cc}\p{Cs}]/u.test(character) ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : character;
}

function isBlank(source: ByteSource): boolean {
  return (
    source.size <= SHOWN_BYTES * 1000 &&
    /^[ \t\r\n]*$/.test(Buffer.from(source.read(0, source.size)).toString('latin1'))
  );
}

function startsWith(source: ByteSource, bytes: readonly number[]): boolean {
  const start = source.read(0, Math.min(bytes.length, source.size));
  return bytes.every((byte, index) => start[index] === byte);
}
