import { type Call, SourceError } from '../kit/author.ts';
import { documentOf } from '../kit/mongo/documents.ts';

/** The fields of documents that each field of the model is made from; what is not named here costs nothing. */
export type FieldSources = Readonly<Record<string, readonly string[]>>;

/** What a statement asks for: `always`, and what the selected fields of the model need. */
export function projectionOf(
  always: readonly string[],
  sources: FieldSources,
  fields: ReadonlySet<string>,
): Readonly<Record<string, 1>> {
  const names = [...always];
  for (const field of fields) names.push(...(sources[field] ?? []));
  return Object.fromEntries(names.map((name) => [name, 1]));
}

/** Says that a record, or a field of it, could not be understood. */
export function warnOfInvalidRecord(call: Pick<Call, 'warn'>, id: string, sentence: string): void {
  call.warn(new SourceError('SOURCE_BAD_DATA', `${id}: ${sentence}`, { id }));
}

/**
 * The address of a file in the storage, from the parts of its path: slashes are neither doubled nor missing. Null where a
 * part is not known.
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

/** Only what a URL cannot hold is encoded: `+` and `=` stay as the system itself writes them. */
function encodeSegment(segment: string): string {
  return encodeURI(segment.toWellFormed()).replace(/[?#[\]]/g, (sign) =>
    `%${sign.charCodeAt(0).toString(16)}`.toUpperCase(),
  );
}

/** Characters that an excerpt of a log may have. */
const MAX_LENGTH = 16_384;

/** The end of a log, where it says why it ended. */
export function excerptFromEnd(lines: readonly string[]): string | null {
  const text = joinLines(lines);
  return text === '' ? null : text.slice(-MAX_LENGTH).toWellFormed();
}

/** The beginning of a list of messages, the most important of which come first. */
export function excerptFromStart(lines: readonly string[]): string | null {
  const text = joinLines(lines);
  return text === '' ? null : text.slice(0, MAX_LENGTH).toWellFormed();
}

/** No store takes a NUL. */
function joinLines(lines: readonly string[]): string {
  return lines.join('\n').replaceAll('\0', '\u{fffd}').toWellFormed();
}

/** Empty lists and objects are the model's defaults: nobody has said them. */
export function hasValue(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  const fields = documentOf(value);
  return fields === null || Object.keys(fields).length > 0;
}
