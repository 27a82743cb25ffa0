import { type Fault, type Json, SourceError } from '../kit/author.ts';
import { latestRules, rulesOf } from '../kit/kcidb/document-rules.ts';
import type { KcidbObject, ListName } from '../kit/kcidb/kcidb-object.ts';
import { ObjectUpgrade } from '../kit/kcidb/object-upgrade.ts';
import { VERSIONS } from '../kit/kcidb/rules/versions.ts';
import { quote } from './client/quote.ts';
import { isRaw, type Raw } from './client/raw.ts';
import { withoutFault } from './without-fault.ts';

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
