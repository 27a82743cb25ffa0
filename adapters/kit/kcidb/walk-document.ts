import type { Fault, StoredObject } from '../../contract/adapter.ts';
import { isExactInteger } from '../../contract/exact-json.ts';
import { type ByteSource, chunksOf, Utf8Check } from '../json/byte-source.ts';
import { JsonScanner } from '../json/json-scanner.ts';
import { fault } from './faults.ts';
import { toModel } from './model.ts';
import { explainEncodingFault, explainScanFault, readKey } from './storable.ts';
import { DocumentValidator, elementsOf } from './validator.ts';

/** Sees the parts of a document one by one. */
export interface DocumentVisitor {
  /** Nothing more is wanted, so that the rest need not be looked at. */
  readonly isFull: boolean;
  /** Sees a member of the document, and says whether it is a list whose objects are wanted. */
  isList(key: string, value: unknown): key is SentListName;
  /** @param value the object; `TOO_LARGE` in the place of one that has too much */
  object(list: SentListName, index: number, value: unknown): void;
}

const LARGEST_VALUE = 64 * 1024;
/** Objects between two looks at whether anybody still waits. */
const STRIDE = 256;

/**
 * Walks through a document of any size in two passes over its bytes: the first finds out whether it can be read and where
 * its members lie (`version` may stand last, and a repeated key means its last value), the second goes object by object.
 *
 * @param visitorOf makes the visitor once the version is known
 * @param isCancelled whether nobody waits any more; what is returned then means nothing
 * @returns the visitor, or why nothing of the document can be read
 */
export function walkDocument<V extends DocumentVisitor>(
  source: ByteSource,
  visitorOf: (version: unknown) => V | Fault,
  isCancelled: () => boolean,
): V | Fault {
  const outline = outlineOf(source, isCancelled);
  if ('fault' in outline) return outline.fault;
  if (outline.members === null) return notAnObject(source);
  const version = outline.members.find(({ key }) => key === 'version');
  const visitor = visitorOf(version === undefined ? undefined : memberValue(source, version));
  if ('rule' in visitor) return visitor;
  for (const member of outline.members) {
    if (!visitor.isList(member.key, memberValue(source, member))) continue;
    let index = 0;
    for (const element of elementsOf(source, member.start, member.end)) {
      visitor.object(member.key, index, element);
      index++;
      if (visitor.isFull || (index % STRIDE === 0 && isCancelled())) break;
    }
  }
  return visitor;
}

/** A member's value; of what is larger than any value at the top of a document that can be right, only the kind is true. */
function memberValue(source: ByteSource, { start, end }: Member): unknown {
  if (end - start <= LARGEST_VALUE) return JSON.parse(textOf(source, start, end));
  const first = textOf(source, start, start + 1);
  if (first === '[') return [];
  if (first === '{') return {};
  return textOf(source, start + 1, start + 1000);
}

function notAnObject(source: ByteSource): Fault {
  const kind = kindOf(textOf(source, 0, Math.min(source.size, 1000)).trimStart());
  const message = `A KCIDB document is a JSON object with a "version", not ${kind}.`;
  return fault([], 'type', message, null);
}

function kindOf(text: string): string {
  if (text.startsWith('[')) return 'a list';
  if (text.startsWith('"')) return 'a string';
  return /^(?:true|false|null)/.exec(text)?.[0] ?? 'a number';
}

function textOf(source: ByteSource, start: number, end: number): string {
  return Buffer.from(source.read(start, end)).toString('utf8');
}

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

/** What of a document could not be understood. */
export interface DocumentFault {
  /** The id of the object that is left out; null where it has none, or where more than one object is concerned. */
  readonly id: string | null;
  /** A sentence that begins with the place, such as `/tests/3/status`. */
  readonly message: string;
}

/** Takes what of a document is valid, one by one. */
export interface ObjectTaker {
  /** Nothing more is wanted. */
  readonly isFull: boolean;
  take(object: StoredObject): void;
  fault(fault: DocumentFault): void;
}

/**
 * Takes the objects of a document of any version, upgraded and in the common model. Unlike a submission, a document is not
 * refused as a whole: an object that is not valid is left out, with one fault.
 */
export class TolerantVisitor implements DocumentVisitor {
  readonly #validator: DocumentValidator;
  readonly #taker: ObjectTaker;

  private constructor(validator: DocumentValidator, taker: ObjectTaker) {
    this.#validator = validator;
    this.#taker = taker;
  }

  static of(version: unknown, taker: ObjectTaker): TolerantVisitor | Fault {
    const validator = DocumentValidator.of(version);
    return validator instanceof DocumentValidator ? new TolerantVisitor(validator, taker) : validator;
  }

  get isFull(): boolean {
    return this.#taker.isFull;
  }

  isList(key: string, value: unknown): key is SentListName {
    if (key === 'version' || this.isFull) return false;
    const found = this.#validator.memberFault(key, value);
    if (found !== null) this.#taker.fault({ id: null, message: `${found.path}: ${found.message}` });
    return found === null;
  }

  object(list: SentListName, index: number, given: unknown): void {
    const validated = this.#validator.object(list, index, given, 1);
    if (validated.valid) for (const one of validated.objects) this.#taker.take(toModel(one.list, one.object));
    else {
      const [found] = validated.faults;
      const message = `${found?.path ?? `/${list}/${index}`}: ${found?.message ?? 'It is not an object.'}`;
      this.#taker.fault({ id: idOf(given), message });
    }
  }
}

function idOf(object: unknown): string | null {
  const id: unknown = isObject(object) ? object.id : null;
  return typeof id === 'string' ? id.slice(0, 200) : null;
}

/** An object of a KCIDB document as JSON has it: snake case, absent fields absent. */
export type KcidbObject = Record<string, unknown>;

/** The lists of version 5.3. */
export type ListName = 'checkouts' | 'builds' | 'tests' | 'issues' | 'incidents';

/** The lists of any version: up to 3.0 there were revisions in the place of checkouts. */
export type SentListName = ListName | 'revisions';

/** Whether a parsed value is a JSON object. */
export function isObject(value: unknown): value is KcidbObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactInteger(value);
}
