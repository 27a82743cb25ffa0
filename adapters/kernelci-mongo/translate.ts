import { type Call, SourceError } from '../kit/author.ts';
import { documentOf } from '../kit/mongo/documents.ts';

/** The fields of documents that each field of the model needs. Fields of the model that are not listed need none. */
export type FieldSources = Readonly<Record<string, readonly string[]>>;

/** The fields to read: `always`, and those that the selected fields of the model need. */
export function projectionOf(
  always: readonly string[],
  sources: FieldSources,
  fields: ReadonlySet<string>,
): Readonly<Record<string, 1>> {
  const names = [...always];
  for (const field of fields) names.push(...(sources[field] ?? []));
  return Object.fromEntries(names.map((name) => [name, 1]));
}

/** Warns that a record, or one of its fields, is invalid. */
export function warnOfInvalidRecord(call: Pick<Call, 'warn'>, id: string, sentence: string): void {
  call.warn(new SourceError('SOURCE_BAD_DATA', `${id}: ${sentence}`, { id }));
}

/**
 * The URL of a file in the storage, from the parts of its path, with exactly one slash between them. Null if a part is
 * null.
 */
export function storageUrl(base: string, ...parts: readonly (string | null)[]): string | null {
  const path: string[] = [];
  for (const part of parts) {
    if (part === null) return null;
    path.push(
      ...part
        .split('/')
        .filter((segment) => segment !== '')
        .map(encodeSegment),
    );
  }
  return path.length === 0 ? null : `${base.replace(/\/+$/, '')}/${path.join('/')}`;
}

/** Encodes only characters that are not allowed in a URL: the system itself writes `+` and `=` unencoded. */
function encodeSegment(segment: string): string {
  return encodeURI(segment.toWellFormed()).replace(/[?#[\]]/g, (sign) =>
    `%${sign.charCodeAt(0).toString(16)}`.toUpperCase(),
  );
}

/** The maximum length of an excerpt, in characters. */
const MAX_LENGTH = 16_384;

/** An excerpt from the end of a log, which shows why it ended. */
export function excerptFromEnd(lines: readonly string[]): string | null {
  const text = joinLines(lines);
  return text === '' ? null : text.slice(-MAX_LENGTH).toWellFormed();
}

/** An excerpt from the start of a list of messages, the most important first. */
export function excerptFromStart(lines: readonly string[]): string | null {
  const text = joinLines(lines);
  return text === '' ? null : text.slice(0, MAX_LENGTH).toWellFormed();
}

/** Replaces NUL, which no store accepts. */
function joinLines(lines: readonly string[]): string {
  return lines.join('\n').replaceAll('\0', '\u{fffd}').toWellFormed();
}

/** Empty lists and objects are defaults of the system's model and count as absent. */
export function hasValue(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  const fields = documentOf(value);
  return fields === null || Object.keys(fields).length > 0;
}
