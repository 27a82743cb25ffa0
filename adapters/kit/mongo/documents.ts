import { BSONError, type Document, deserialize, ObjectId } from 'bson';
import type { Call } from '../../contract/adapter.ts';
import { SourceError } from '../../contract/errors.ts';
import { exactInteger } from '../../contract/exact-json.ts';
import type { Json } from '../../contract/model.ts';
import { normaliseTime } from '../../contract/time-and-url.ts';

/*
 * Values of documents that many programs wrote over many years: a number is an int32, an int64, a double, or text;
 * an absent value is null. Each function returns null for a value that it does not understand.
 */

const NUMBERS: ReadonlySet<string> = new Set(['Int32', 'Double', 'Long', 'Decimal128']);

/** The BSON type of a value that is not one of JavaScript's. The driver's classes differ from those imported here. */
function kindOf(value: unknown): string | null {
  return typeof value === 'object' && value !== null && '_bsontype' in value ? String(value._bsontype) : null;
}

/** Non-empty text; for a number or an id, its digits. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  const id = kindOf(value) === 'ObjectId' ? idOf(value) : null;
  if (id !== null) return id;
  const number = numberOf(value);
  return number === null ? null : String(number);
}

/** A finite number. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (NUMBERS.has(kindOf(value) ?? '')) return numberOf(Number(String(value)));
  if (typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return numberOf(Number(value));
  return null;
}

/** A whole number that JavaScript holds exactly. */
export function integerOf(value: unknown): number | null {
  const number = numberOf(value);
  return number !== null && Number.isSafeInteger(number) ? number : null;
}

export function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const number = typeof value === 'string' ? null : numberOf(value);
  if (number !== null) return number !== 0;
  return value === 'true' ? true : value === 'false' ? false : null;
}

/** An id as 24 hexadecimal digits, whether stored as an ObjectId or as text. */
export function idOf(value: unknown): string | null {
  if (kindOf(value) === 'ObjectId') return String(value);
  return typeof value === 'string' && isId(value) ? value.toLowerCase() : null;
}

/** Whether a text is an id: 24 hexadecimal digits. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{24}$/i.test(text);
}

/** The time at which an id was created, in milliseconds since 1970. */
export function msOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16) * 1000;
}

/** An id for a query. Pass only valid ids. */
export function toObjectId(hex: string): ObjectId {
  return ObjectId.createFromHexString(hex);
}

/** The smallest id that a document created at a time can have: a bound for ranges of `_id`. */
export function idAt(milliseconds: number): ObjectId {
  const seconds = Math.min(Math.max(Math.floor(milliseconds / 1000), 0), 0xffff_ffff);
  return ObjectId.createFromHexString(seconds.toString(16).padStart(8, '0').padEnd(24, '0'));
}

/** The time at which an id was created, to the second, in the model's format. */
export function timeOfId(hex: string): string | null {
  return isId(hex) ? timeOf(new Date(msOf(hex))) : null;
}

/** A time in the model's format, from a Date or from text with or without an offset (without: UTC). */
export function timeOf(value: unknown): string | null {
  if (value instanceof Date) {
    const milliseconds = value.getTime();
    if (!Number.isFinite(milliseconds)) return null;
    const text = value.toISOString();
    return /^\d{4}-/.test(text) && !text.startsWith('0000') ? `${text.slice(0, -1)}000Z` : null;
  }
  if (typeof value !== 'string') return null;
  const text = value.trim().replace(/^(\d{4}-\d\d-\d\d) /, '$1T');
  return normaliseTime(text) ?? normaliseTime(`${text}Z`);
}

/** The seconds of a duration that is stored as a date, counted from 1970. -1 means "not known". */
export function durationOf(value: unknown): number | null {
  const seconds = value instanceof Date ? value.getTime() / 1000 : numberOf(value);
  return seconds !== null && Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

/** A list. A single value becomes a list of one, an absent value the empty list. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === null || value === undefined ? [] : [value];
}

/** A document within a document. */
export function documentOf(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if (value instanceof Date || kindOf(value) !== null) return null;
  return Object.fromEntries(Object.entries(value));
}

/** Deeper nesting is cut. No system nests that deep, and code that handles documents must be bounded. */
const MAX_JSON_DEPTH = 50;

/**
 * Any value of a document as JSON, for `misc`. Ids and dates become text (a date outside the calendar is null), binary
 * data becomes null, and nothing is omitted.
 */
export function toJson(value: unknown, depth = 0): Json {
  if (value === null || value === undefined || depth > MAX_JSON_DEPTH) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Date) return timeOf(value);
  if (kindOf(value) === 'ObjectId') return idOf(value);
  if (kindOf(value) === 'Long' || typeof value === 'bigint') return exactInteger(String(value));
  const number = numberOf(value);
  if (number !== null) return number;
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1));
  if (typeof value !== 'object' || kindOf(value) !== null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item, depth + 1)]));
}

/** A document parsed from its bytes. */
export interface ReadDocument {
  readonly document: Document;
  /** Some text was not UTF-8; U+FFFD replaces it. */
  readonly isReplaced: boolean;
}

const BSON_OPTIONS = {
  // A PCRE pattern may not be valid in JavaScript.
  bsonRegExp: true,
  promoteBuffers: false,
  useBigInt64: false,
  allowObjectSmallerThanBufferSize: true,
} as const;

/**
 * Parses one document of an answer.
 * @throws {BSONError} if the bytes are not a document
 */
function readDocument(bytes: Uint8Array): ReadDocument {
  try {
    return { document: deserialize(bytes, { ...BSON_OPTIONS, validation: { utf8: true } }), isReplaced: false };
  } catch (error) {
    if (!(error instanceof BSONError) || !/utf-?8/i.test(error.message)) throw error;
    return { document: deserialize(bytes, { ...BSON_OPTIONS, validation: { utf8: false } }), isReplaced: true };
  }
}

/** The id of a document that cannot be parsed, if it is an ObjectId in first place, where servers put it. */
function idOfBytes(bytes: Uint8Array): string | null {
  const isThere =
    bytes.length >= 21 && bytes[4] === 0x07 && Buffer.from(bytes.subarray(5, 9)).toString('latin1') === '_id\0';
  return isThere ? new ObjectId(bytes.slice(9, 21)).toHexString() : null;
}

/** The result of a find. */
export interface Documents {
  readonly documents: readonly Document[];
  /** More documents match than `limit`, or than fit into the memory of one read. */
  readonly isCut: boolean;
}

/** The memory that one read may take. */
const MAX_READ_BYTES = 64 * 1024 * 1024;

/**
 * Reads at most `limit` documents from a cursor of raw bytes. It omits a document that it cannot parse, replaces text
 * that is not UTF-8 by U+FFFD, and warns of both.
 */
export async function readDocuments(
  cursor: AsyncIterable<unknown> & { close(): Promise<void> },
  collection: string,
  limit: number,
  call: Pick<Call, 'warn'>,
): Promise<Documents> {
  const documents: Document[] = [];
  let count = 0;
  let bytes = 0;
  try {
    for await (const raw of cursor) {
      if (!(raw instanceof Uint8Array))
        throw new TypeError('The driver gave a document that it was not asked to read.');
      count += 1;
      bytes += raw.length;
      if (count > limit || (bytes > MAX_READ_BYTES && count > 1)) return { documents, isCut: true };
      const document = readRaw(raw, collection, call);
      if (document !== null) documents.push(document);
    }
  } finally {
    await cursor.close();
  }
  return { documents, isCut: false };
}

function readRaw(raw: Uint8Array, collection: string, call: Pick<Call, 'warn'>): Document | null {
  try {
    const { document, isReplaced } = readDocument(raw);
    if (isReplaced) {
      const id = idOf(document._id);
      call.warn(
        invalidDocument(
          `${nameOf(collection, id)} holds text that is not UTF-8; it is shown with U+FFFD in its place.`,
          id,
        ),
      );
    }
    return document;
  } catch (cause) {
    const id = idOfBytes(raw);
    call.warn(invalidDocument(`${nameOf(collection, id)} cannot be read: its bytes are no BSON.`, id, cause));
    return null;
  }
}

function nameOf(collection: string, id: string | null): string {
  return id === null ? `A document of \`${collection}\`` : `The document ${id} of \`${collection}\``;
}

function invalidDocument(message: string, id: string | null, cause?: unknown): SourceError {
  return new SourceError('SOURCE_BAD_DATA', message, { cause, ...(id === null ? {} : { id }) });
}
