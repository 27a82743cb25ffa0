import type { Fault } from '../../contract/adapter.ts';
import { isExactInteger } from '../../contract/exact-json.ts';
import type { ByteSource } from '../json/byte-source.ts';
import { type JsonScanner, MAX_DEPTH, type ScanFault } from '../json/json-scanner.ts';
import { positionOf } from '../json/value-lines.ts';
import { fault, type Place, quoted } from './faults.ts';

/** How deep objects and lists may lie in each other, the document itself being the first level. */
export const MAX_NESTING = 500;

interface Container {
  readonly value: object;
  readonly parent: Container | null;
  readonly key: string | number;
  readonly level: number;
}

/**
 * What no store can hold, whatever the version: a NUL or half a surrogate pair in a string or a key, nesting beyond
 * {@link MAX_NESTING}, a number that overflowed when it was read. Walks the whole value with a list of its own, so that
 * the depth of a document costs no stack.
 *
 * @param root where the value lies in the document, `['tests', 3]`
 */
export function storableFaults(value: unknown, root: Place, limit: number): Fault[] {
  const faults: Fault[] = [];
  const scalarFault = unstorableScalar(value);
  if (scalarFault !== null) faults.push(fault(root, 'storable', scalarFault, value));
  if (typeof value !== 'object' || value === null) return faults;
  const containers: Container[] = [{ value, parent: null, key: '', level: root.length + 1 }];
  for (
    let container = containers.pop();
    container !== undefined && faults.length < limit;
    container = containers.pop()
  ) {
    if (container.level > MAX_NESTING) {
      const message = `Objects and lists are nested more than ${MAX_NESTING} deep here: store deeper data as text, or by URL.`;
      faults.push(fault(placeOf(root, container), 'storable', message, container.value));
      continue;
    }
    visitContainer(container, containers, root, faults, limit);
  }
  return faults;
}

function visitContainer(container: Container, containers: Container[], root: Place, faults: Fault[], limit: number) {
  const visit = (key: string | number, child: unknown) => {
    if (typeof child === 'object' && child !== null && !isExactInteger(child)) {
      containers.push({ value: child, parent: container, key, level: container.level + 1 });
      return;
    }
    const message = unstorableScalar(child);
    if (message !== null && faults.length < limit) {
      faults.push(fault([...placeOf(root, container), key], 'storable', message, child));
    }
  };
  const { value } = container;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) visit(index, value[index]);
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    const message = unstorableText(key);
    if (message !== null && faults.length < limit) {
      faults.push(fault([...placeOf(root, container), key], 'storable', `In a key: ${message}`, child));
    }
    visit(key, child);
  }
}

function unstorableScalar(value: unknown): string | null {
  if (typeof value === 'string') return unstorableText(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return 'A number is too large: a double holds at most about 1.8e308.';
  }
  return null;
}

function unstorableText(text: string): string | null {
  if (text.includes('\0')) return `${quoted(text)} contains the character U+0000, which cannot be stored: take it out.`;
  if (!text.isWellFormed()) {
    return `${quoted(text)} contains half of a surrogate pair, which is no character: take it out.`;
  }
  return null;
}

function placeOf(root: Place, container: Container): Place {
  const keys: (string | number)[] = [];
  for (let at = container; at.parent !== null; at = at.parent) keys.push(at.key);
  return [...root, ...keys.reverse()];
}

const SHOWN_BYTES = 40;
const MAX_KEY_BYTES = 1000;

/** Says why a document cannot be read, from what stopped its scan: the line, the column and the place in the document. */
export function explainScanFault(source: ByteSource, scanner: JsonScanner, found: ScanFault): Fault {
  const at = describePosition(source, found.offset);
  const place = placeIn(source, scanner);
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
  const place = placeIn(source, scanner);
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

function placeIn(source: ByteSource, scanner: JsonScanner): Place {
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
