import {
  type Culprit,
  type Found,
  type Issue,
  type Json,
  type JsonObject,
  normaliseTime,
  SourceError,
} from '../kit/author.ts';
import { quote } from './client/quote.ts';
import { isRaw, type Raw, textOf } from './client/raw.ts';
import { issueId } from './ids.ts';
import type { Warn } from './kcidb-record.ts';
import type { CkiOptions } from './options.ts';

type IssueOptions = Pick<CkiOptions, 'origin' | 'issueTimes' | 'url' | 'webUrl'>;

/** How many digits CKI writes an issue's number with, in the address that people look at. */
const ADDRESS_DIGITS = 5;

/**
 * An issue in the form in which CKI hands it on to KCIDB. Its version is the second in which it was last changed, as far
 * as it tells; 0 where it tells nothing, and it has no time then.
 */
export function translateIssue(given: Json, options: IssueOptions, warn: Warn): Found<Issue> | null {
  const number = isRaw(given) ? numberOf(given.id) : null;
  if (!isRaw(given) || number === null) {
    const message = `An issue must be an object with a whole number as its "id", and this came: ${quote(given)}`;
    warn(new SourceError('SOURCE_BAD_DATA', message));
    return null;
  }
  const { origin, url, webUrl } = options;
  const version = versionOf(given, options.issueTimes);
  const time = version === 0 ? null : normaliseTime(new Date(version * 1000).toISOString());
  const issue: Issue = {
    id: issueId(number, origin),
    origin,
    version,
    timestamp: time,
    categories: null,
    reportUrl: addressOf(webUrl ?? url, number),
    reportSubject: null,
    culprit: culpritOf(given),
    comment: textOf(given, 'description'),
    misc: miscOf(given),
  };
  return { object: issue, time };
}

/** The number of an issue, which stands as such or as text. */
export function numberOf(value: Json | undefined): string | null {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && /^[0-9]{1,15}$/.test(text) ? String(Number(text)) : null;
}

function versionOf(given: Raw, keys: readonly string[]): number {
  let latest = 0;
  for (const key of keys) {
    const value = given[key];
    const time = typeof value === 'string' ? normaliseTime(value) : null;
    if (time !== null) latest = Math.max(latest, Math.floor(Date.parse(time) / 1000));
  }
  return latest;
}

function addressOf(base: string, number: string): string {
  return `${base.replace(/\/+$/, '')}/issue/${number.padStart(ADDRESS_DIGITS, '0')}`;
}

/** A kind says whether it is about the kernel's code; which of the others is to blame only its tag may tell. */
function culpritOf({ kind }: Raw): Culprit | null {
  if (!isRaw(kind)) return null;
  const tag = `${textOf(kind, 'tag') ?? ''} ${textOf(kind, 'description') ?? ''}`;
  const related = kind.kernel_code_related;
  if (related === true) return { code: true, tool: false, harness: false };
  if (/infrastructure|harness/i.test(tag)) return { code: false, tool: false, harness: true };
  if (/\btest\b/i.test(tag)) return { code: false, tool: true, harness: false };
  return related === false ? { code: false, tool: null, harness: null } : null;
}

const OWN_FIELDS: ReadonlySet<string> = new Set(['id', 'description', 'kind', 'policy']);

/** All that has no field of its own, under its own name; of the kind what people call it. */
function miscOf(given: Raw): JsonObject {
  const misc: Record<string, Json> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!OWN_FIELDS.has(key) && value !== null && value !== '') misc[key] = value;
  }
  const kind = isRaw(given.kind) ? (textOf(given.kind, 'tag') ?? textOf(given.kind, 'description')) : given.kind;
  if (typeof kind === 'string' && kind !== '') misc.kind = kind;
  return misc;
}
