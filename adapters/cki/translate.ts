import { secureRepositoryUrl } from '../contract/time-and-url.ts';
import {
  type Build,
  type Checkout,
  type Culprit,
  type Fault,
  type Found,
  type Incident,
  type Issue,
  type Json,
  type JsonObject,
  normaliseTime,
  SourceError,
  type Test,
} from '../kit/author.ts';
import { toModel } from '../kit/kcidb/model.ts';
import { ObjectUpgrade } from '../kit/kcidb/object-upgrade.ts';
import { VERSIONS } from '../kit/kcidb/rules/versions.ts';
import { latestRules, rulesOf } from '../kit/kcidb/validator.ts';
import { isObject, type KcidbObject, type ListName } from '../kit/kcidb/walk-document.ts';
import { isRaw, quote, type Raw, textOf } from './client.ts';
import { issueId, occurrenceId, resultName } from './ids.ts';
import type { CkiOptions } from './options.ts';

/** A build as it is; of one that says neither `valid` nor `status` nothing is known, whatever else it says. */
export function translateBuild(given: Json, warn: Warn): Found<Build> | null {
  const object = readRecord('builds', given, {}, warn);
  const stored = object === null ? null : toModel('builds', object);
  return stored?.entity === 'build' ? { object: stored.object, time: stored.object.startTime } : null;
}

/** A test as it is. A waived one keeps its status, and `misc.waived` tells; its results stay in `misc.results`. */
export function translateTest(given: Json, warn: Warn): Found<Test> | null {
  const waived = isRaw(given) ? given.waived : undefined;
  const object = readRecord('tests', given, typeof waived === 'boolean' ? { waived } : {}, warn);
  const stored = object === null ? null : toModel('tests', object);
  return stored?.entity === 'test' ? { object: stored.object, time: stored.object.startTime } : null;
}

/** A checkout as it is. A repository that is not named by https is, where it can be; how it was named stays in `misc`. */
export function translateCheckout(given: Json, warn: Warn): Found<Checkout> | null {
  let record = given;
  let extra: Readonly<Record<string, Json>> = {};
  if (isRaw(given)) {
    const [url, hash] = [textOf(given, 'git_repository_url'), textOf(given, 'git_commit_hash')];
    const secure = url === null ? null : httpsOf(url);
    record = {
      ...given,
      ...(url === null ? {} : { git_repository_url: secure }),
      ...(hash === null ? {} : { git_commit_hash: hash.toLowerCase() }),
    };
    if (url !== null && secure !== url) extra = { git_repository_url: url };
  }
  const object = readRecord('checkouts', record, extra, warn);
  const stored = object === null ? null : toModel('checkouts', object);
  return stored?.entity === 'checkout' ? { object: stored.object, time: stored.object.startTime } : null;
}

/** Null for what no https address stands for. */
function httpsOf(url: string): string | null {
  const secure = secureRepositoryUrl(url);
  const kernelOrg = /^http:\/\/((?:[a-z0-9-]+\.)*kernel\.org\/.*)$/i.exec(secure)?.[1];
  if (kernelOrg !== undefined) return `https://${kernelOrg}`;
  return /^(http|ssh|git\+ssh|file):\/\/|^[^/]+@[^/]+:/i.test(secure) ? null : secure;
}

/** That below which an occurrence was found. */
export interface Subject {
  readonly entity: 'build' | 'test';
  readonly id: string;
}

export interface FoundOccurrence extends Found<Incident> {
  /** The issue that came with it; null where only its number did. */
  readonly issue: Issue | null;
}

/**
 * An occurrence of an issue as an incident. One that is of a whole checkout has no place in KCIDB: it is left out and
 * told of.
 */
export function translateIncident(
  given: Json,
  subject: Subject,
  options: CkiOptions,
  warn: Warn,
): FoundOccurrence | null {
  const told = isRaw(given) ? given.issue : undefined;
  const number = numberOf(isRaw(told) ? told.id : told) ?? (isRaw(given) ? numberOf(given.issue_id) : null);
  if (!isRaw(given) || number === null) {
    const message = `An occurrence must be an object that names its issue, and this came: ${quote(given)}`;
    warn(new SourceError('SOURCE_BAD_DATA', message, { id: subject.id }));
    return null;
  }
  const [buildId, testId] = [textOf(given, 'build_id'), textOf(given, 'test_id')];
  const result = textOf(given, 'testresult_id');
  const ofCheckout = textOf(given, 'checkout_id');
  if (buildId === null && testId === null && result === null && ofCheckout !== null) {
    const message = `The issue ${number} occurred in a checkout as a whole, for which KCIDB has no incident: it is left out.`;
    warn(new SourceError('SOURCE_BAD_DATA', message, { id: ofCheckout }));
    return null;
  }
  // Those of the tests of a build may be listed with it; each stands below its test.
  const its = subject.entity === 'build' ? buildId : testId;
  if (its === null ? buildId !== null || testId !== null : its !== subject.id) return null;
  // What says of neither where it was is of that below which it came.
  const of = subject.id;
  const issue = isRaw(told) ? translateIssue(told, options, warn) : null;
  const { origin } = options;
  const name = result === null || subject.entity === 'build' ? null : resultName(result, of);
  const key = { issue: number, subject: subject.entity, subjectId: of, result: name };
  const created = textOf(given, 'created_at');
  const time = created === null ? null : normaliseTime(created);
  const incident: Incident = {
    id: occurrenceId(key, origin),
    origin,
    issueId: issueId(number, origin),
    issueVersion: issue?.object.version ?? 0,
    buildId: subject.entity === 'build' ? of : null,
    testId: subject.entity === 'test' ? of : null,
    present: true,
    comment: null,
    timestamp: time,
    misc: incidentMisc(given),
  };
  return { object: incident, time, issue: issue?.object ?? null };
}

const INCIDENT_FIELDS: ReadonlySet<string> = new Set(['issue', 'issue_id', 'checkout_id', 'build_id', 'test_id']);

function incidentMisc(given: Raw): JsonObject | null {
  const entries = Object.entries(given).filter(
    ([key, value]) => !INCIDENT_FIELDS.has(key) && value !== null && value !== '',
  );
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

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
    misc: issueMisc(given),
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

const ISSUE_FIELDS: ReadonlySet<string> = new Set(['id', 'description', 'kind', 'policy']);

/** All that has no field of its own, under its own name; of the kind what people call it. */
function issueMisc(given: Raw): JsonObject {
  const misc: Record<string, Json> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!ISSUE_FIELDS.has(key) && value !== null && value !== '') misc[key] = value;
  }
  const kind = isRaw(given.kind) ? (textOf(given.kind, 'tag') ?? textOf(given.kind, 'description')) : given.kind;
  if (typeof kind === 'string' && kind !== '') misc.kind = kind;
  return misc;
}

/** The lists that the DataWarehouse gives in KCIDB's own form. */
export type RecordList = Extract<ListName, 'checkouts' | 'builds' | 'tests'>;

export type Warn = (error: SourceError) => void;

const SINGULAR: Readonly<Record<RecordList, string>> = { checkouts: 'checkout', builds: 'build', tests: 'test' };
/** What only version 4 has: where one of them stands in a record, the record is of that version. */
const FOUR_ONLY: Readonly<Record<RecordList, readonly string[]>> = {
  checkouts: ['contacts'],
  builds: ['valid'],
  tests: ['waived'],
};
const LATEST = latestRules();
/** The last of version 4 takes all that 4.2 takes. */
const FOUR = rulesOf(VERSIONS.findLast(({ major }) => major === 4) ?? LATEST.version);
const MAX_ROUNDS = 20;
const MAX_EXCERPT = 16_384;

/**
 * A record as a valid object of KCIDB 5.3, by the project's own upgrade; null where it cannot be understood. Each field
 * that cannot be is left out and told of. `extra` goes to `misc`, as does what KCIDB has no field for.
 */
export function readRecord(
  list: RecordList,
  given: Json,
  extra: Readonly<Record<string, Json>>,
  warn: Warn,
): KcidbObject | null {
  const id = isRaw(given) && typeof given.id === 'string' ? given.id : undefined;
  const tell = (message: string) =>
    warn(new SourceError('SOURCE_BAD_DATA', message, id === undefined ? {} : { id: id.slice(0, 200) }));
  if (!isRaw(given)) {
    tell(`A ${SINGULAR[list]} must be an object, and this came: ${quote(given)}`);
    return null;
  }
  const rules = isOfFour(list, given) ? FOUR : LATEST;
  let object: KcidbObject = prepared(list, given, extra, Object.keys(rules.version.objects[SINGULAR[list]] ?? {}));
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const faults = rules.objectFaults(list, 0, object);
    const upgraded = faults.length === 0 ? new ObjectUpgrade(rules.version).upgrade(list, 0, object) : null;
    const [first] = upgraded?.objects ?? [];
    const open: readonly Fault[] = upgraded === null ? faults : upgraded.faults;
    if (first !== undefined) {
      const late = LATEST.objectFaults(list, 0, first.object);
      // The upgrade gives nothing that is not valid.
      return late.length === 0 ? first.object : null;
    }
    for (const fault of open) {
      const less = withoutFault(object, fault);
      if (less === null) {
        tell(`A ${SINGULAR[list]} is left out: ${fault.message} This came: ${quote(given)}`);
        return null;
      }
      tell(`A field of the ${SINGULAR[list]} "${quote(given.id)}" is left out: ${fault.message}`);
      object = less;
    }
  }
  tell(`A ${SINGULAR[list]} is left out, since too much of it cannot be understood: ${quote(given)}`);
  return null;
}

/** A build that says `status` is of version 5, whatever else it says. */
function isOfFour(list: RecordList, given: Raw): boolean {
  return !(list === 'builds' && isGiven(given.status)) && FOUR_ONLY[list].some((key) => isGiven(given[key]));
}

/** Without nulls and empty texts, which mean that nothing is known; what KCIDB does not know goes to `misc`. */
function prepared(
  list: RecordList,
  given: Raw,
  extra: Readonly<Record<string, Json>>,
  fields: readonly string[],
): KcidbObject {
  const known = new Set(fields);
  const object: Record<string, Json> = {};
  const more: Record<string, Json> = { ...extra };
  for (const [key, value] of Object.entries(given)) {
    if (!isGiven(value) || key === 'misc') continue;
    if (known.has(key)) object[key] = isRaw(value) ? withoutEmpty(value) : value;
    else if (!FOUR_ONLY[list].includes(key)) more[key] = value;
  }
  const excerpt = object.log_excerpt;
  if (typeof excerpt === 'string') object.log_excerpt = cut(excerpt);
  const { misc } = given;
  if (isRaw(misc)) object.misc = { ...more, ...misc, ...extra };
  else if (Object.keys(more).length > 0) object.misc = isGiven(misc) ? { ...more, misc } : more;
  return object;
}

function withoutEmpty(object: Raw): Raw {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => isGiven(value)));
}

function isGiven(value: Json | undefined): value is Json {
  return value !== undefined && value !== null && value !== '';
}

/** Counted in code points, as the rule counts. */
function cut(excerpt: string): string {
  return excerpt.length <= MAX_EXCERPT
    ? excerpt
    : [...excerpt.slice(0, 2 * MAX_EXCERPT)].slice(0, MAX_EXCERPT).join('');
}

const NEEDED: ReadonlySet<string> = new Set(['id', 'origin', 'checkout_id', 'build_id']);

/**
 * The object without what is wrong with it: the entry of a list, the member of an object, or the whole field. Null where
 * it is nothing without that.
 */
export function withoutFault(object: KcidbObject, { path, rule }: Fault): KcidbObject | null {
  // After the list's name and the place in it.
  const [field, ...within] = path.split('/').slice(3).map(unescaped);
  if (field === undefined || field === '' || NEEDED.has(field)) return null;
  const value = object[field];
  const [member] = within;
  if (rule !== 'required' || within.length > 1) {
    if (Array.isArray(value) && member !== undefined) {
      const left: unknown[] = value.filter((_, index) => String(index) !== member);
      return { ...object, [field]: left };
    }
    if (isObject(value) && member !== undefined && Object.hasOwn(value, member)) {
      const left: Record<string, unknown> = { ...value };
      delete left[member];
      return { ...object, [field]: left };
    }
  } else if (Array.isArray(value) && member !== undefined) {
    return { ...object, [field]: value.filter((_, index) => String(index) !== member) };
  }
  if (!Object.hasOwn(object, field)) return null;
  const left: KcidbObject = { ...object };
  delete left[field];
  return left;
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
