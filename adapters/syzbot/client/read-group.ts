import { type Json, SourceError } from '../../kit/author.ts';
import { type BugName, bugName } from '../ids.ts';
import { FieldReader, isObject, type Warn } from './field-reader.ts';

/** A row of a list: a bug before anything but its name is known. */
export interface ListedBug {
  readonly name: BugName;
  /** Commits that fix it, as far as syzbot found them. */
  readonly fixes: readonly string[];
}

/** The rows of a list that could be understood; the others are told. */
export function readGroup(body: Json, what: string, warn: Warn): readonly ListedBug[] {
  if (!isObject(body) || !('Bugs' in body)) throw notAGroup(body, what);
  if (body.version !== 1) throw otherVersion(body.version ?? null, what);
  // Go writes null for a list without rows.
  const rows = body.Bugs ?? [];
  if (!Array.isArray(rows)) throw notAGroup(body, what);
  const read = rows.flatMap((row: Json, index) => readRow(row, `row ${index + 1} of ${what}`, warn) ?? []);
  // Rows and none that names a bug: that is another list, and not one without bugs.
  if (read.length === 0 && rows.length > 0) throw notAGroup(body, what);
  return read;
}

export function otherVersion(version: Json, what: string): SourceError {
  const shown = JSON.stringify(version).slice(0, 40);
  return new SourceError('SOURCE_BAD_DATA', `${what} has the version ${shown}, and only version 1 is understood.`);
}

/** The name of a bug in a link to its page; the rest of the link is nobody's business. */
export function nameInLink(link: string): BugName | null {
  const query = new URLSearchParams(link.slice(link.indexOf('?') + 1));
  const [id, extid] = [query.get('id'), query.get('extid')];
  if (id !== null && /^[0-9a-f]{40}$/.test(id)) return bugName(id);
  return extid !== null && /^[0-9a-f]{20}$/.test(extid) ? bugName(extid) : null;
}

function readRow(row: Json, what: string, warn: Warn): ListedBug | null {
  const fields = isObject(row) ? new FieldReader(row, what, warn) : null;
  const name = nameInLink(fields?.text('link') ?? '');
  if (fields === null || name === null) {
    const shown = JSON.stringify(row).slice(0, 120);
    warn(new SourceError('SOURCE_BAD_DATA', `The ${what} names no bug: ${shown}.`, { id: what }));
    return null;
  }
  const fixes = fields
    .objects('fix-commits')
    .flatMap((commit) => new FieldReader(commit, what, warn).hash('hash') ?? []);
  return { name, fixes };
}

function notAGroup(body: Json, what: string): SourceError {
  const shown = JSON.stringify(body).slice(0, 120);
  return new SourceError('SOURCE_BAD_DATA', `${what} is no list of bugs, which has "version" and "Bugs": ${shown}.`);
}
