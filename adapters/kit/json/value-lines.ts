import { isExactInteger, parseExactJson } from '../../contract/exact-json.ts';
import { type ByteSource, chunksOf } from './byte-source.ts';

/*
 * A value as lines of JSON. A small object is one line, as JSON.stringify writes it. A large one would hold the event loop
 * while it is parsed, so that it comes in parts, each quickly read:
 *   +{"key":"misc","kind":"object"}   opens an object, a list or a text; the key is that in the object around it
 *   &{"a":1,"b":2}                    members, elements or characters of what was opened last
 *   -                                 closes it
 */
type Kind = 'object' | 'list' | 'text';

/** In characters of JSON, about: what is smaller is written as one line. */
const LARGE = 128 * 1024;
/** What stands in one line of a large value. */
const PART = 32 * 1024;

/** The lines of an object. What nests deeper than documents may is not for it. */
export function* splitValue(value: object): Generator<string> {
  const text = JSON.stringify(value);
  if (text.length <= LARGE) yield text;
  else yield* split('', value, new Map());
}

function* split(key: string, value: unknown, sizes: Map<object, number>): Generator<string> {
  yield `+${JSON.stringify({ key, kind: kindOf(value) })}`;
  if (typeof value === 'string') {
    for (let at = 0; at < value.length; at += PART) yield `&${JSON.stringify(value.slice(at, at + PART))}`;
  } else if (typeof value === 'object' && value !== null) {
    const isList = Array.isArray(value);
    const part: string[] = [];
    let size = 0;
    const line = () => `&${isList ? '[' : '{'}${part.splice(0).join(',')}${isList ? ']' : '}'}`;
    for (const [name, item] of Object.entries(value)) {
      const own = sizeOf(item, sizes);
      if (size + own > PART && part.length > 0) {
        yield line();
        size = 0;
      }
      if (own > PART) yield* split(name, item, sizes);
      else {
        part.push(isList ? JSON.stringify(item) : `${JSON.stringify(name)}:${JSON.stringify(item)}`);
        size += own + name.length;
      }
    }
    if (part.length > 0) yield line();
  }
  yield '-';
}

function kindOf(value: unknown): Kind {
  if (typeof value === 'string') return 'text';
  return Array.isArray(value) ? 'list' : 'object';
}

/** About how long its JSON is. Each container is measured once. */
function sizeOf(value: unknown, sizes: Map<object, number>): number {
  if (typeof value === 'string') return value.length + 3;
  if (typeof value !== 'object' || value === null) return 8;
  if (isExactInteger(value)) return value.rawJSON.length;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  let size = 2;
  const entries: [string, unknown][] = Object.entries(value);
  for (const [key, item] of entries) size += (Array.isArray(value) ? 1 : key.length + 4) + sizeOf(item, sizes);
  sizes.set(value, size);
  return size;
}

interface Opened {
  readonly key: string;
  value: Record<string, unknown> | unknown[] | string;
}

/** Puts the lines of {@link splitValue} together again. */
export class JoinedValue {
  readonly #open: Opened[] = [];

  /** The value that ends with the line; undefined where it goes on. */
  add(line: string): unknown {
    const kind = line[0];
    if (kind === '{') return parseExactJson(line);
    if (kind === '+') this.#open.push(opened(parseExactJson(line.slice(1))));
    else if (kind === '&') this.#fill(parseExactJson(line.slice(1)));
    else return this.#close();
    return undefined;
  }

  #fill(part: unknown): void {
    const last = this.#open.at(-1);
    if (last === undefined) throw damaged();
    if (typeof last.value === 'string') last.value += String(part);
    else if (Array.isArray(last.value)) {
      if (!Array.isArray(part)) throw damaged();
      for (const item of part) last.value.push(item);
    } else for (const [key, item] of Object.entries(Object(part))) define(last.value, key, item);
  }

  #close(): unknown {
    const closed = this.#open.pop();
    const outer = this.#open.at(-1);
    if (closed === undefined || typeof outer?.value === 'string') throw damaged();
    if (outer === undefined) return closed.value;
    if (Array.isArray(outer.value)) outer.value.push(closed.value);
    else define(outer.value, closed.key, closed.value);
    return undefined;
  }
}

function opened(line: { readonly key: string; readonly kind: Kind }): Opened {
  return { key: line.key, value: line.kind === 'object' ? {} : line.kind === 'list' ? [] : '' };
}

/** As JSON.parse does it: `__proto__` is a key like any other. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function damaged(): Error {
  return new Error('The lines of a value are damaged.');
}

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
