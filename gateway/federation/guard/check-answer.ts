import type {
  Found,
  FoundMany,
  Health,
  Page,
  PageItem,
  PageQuery,
  Paging,
} from '../../../adapters/contract/adapter.ts';
import type { SourceError } from '../../../adapters/contract/errors.ts';
import { type FieldKind, MODEL_FIELDS } from '../../../adapters/contract/fields.ts';
import {
  ENTITY_NAMES,
  type Entities,
  type EntityName,
  STATUSES,
  type StatusCounts,
} from '../../../adapters/contract/model.ts';
import { comparePlaces } from '../../../adapters/contract/positions.ts';
import { StepCounter, yieldToEventLoop } from '../../../adapters/kit/yield-to-event-loop.ts';
import { keyOf } from '../identity.ts';
import { quoted } from '../source-report.ts';
import { type AnswerFaults, notUnderstood } from './answer-faults.ts';

const COUNTS = ['pass', 'fail', 'error', 'miss', 'done', 'skip', 'none', 'total'] as const;

/** Makes a failure of what was given in its place, if it is one. */
export type AsFault = (value: unknown) => SourceError;

/** What `get` gave, by the keys that were asked for. */
export async function checkFound<E extends EntityName>(
  entity: E,
  keys: readonly string[],
  answer: FoundMany<Entities[E]>,
  faults: AnswerFaults,
  check: (object: Entities[E]) => Entities[E] | null,
  asFault: AsFault,
): Promise<FoundMany<Entities[E]>> {
  const found = await checkMap(keys, answer, faults, (value): Found<Entities[E]> | SourceError | null => {
    if (value instanceof Error) return asFault(value);
    const one: unknown = value;
    if (!isRecord(one) || !(one.time === null || typeof one.time === 'string')) {
      faults.add(`What the source gave for a ${entity} is none, and is left out.`);
      return null;
    }
    const object = check(value.object);
    if (object === null) return null;
    return object === value.object ? value : { ...value, object };
  });
  if (answer.included === undefined) return found;
  return Object.assign(found, { included: checkIncluded(answer.included, faults) });
}

/** What a relation's `list` gave, by the parents that were asked for. */
export function checkPages<E extends EntityName>(
  parents: readonly string[],
  asked: AskedPage<E>,
  answer: ReadonlyMap<string, Page<Entities[E]> | SourceError>,
  faults: AnswerFaults,
  asFault: AsFault,
): Promise<ReadonlyMap<string, Page<Entities[E]> | SourceError>> {
  return checkMap(parents, answer, faults, (value): Page<Entities[E]> | SourceError => {
    if (value instanceof Error) return asFault(value);
    try {
      return checkPage(asked, value, faults);
    } catch (error) {
      // The pages of the other parents stand.
      return asFault(error);
    }
  });
}

/** What was counted below the parents that were asked for. */
export function checkCounts(
  parents: readonly string[],
  answer: ReadonlyMap<string, StatusCounts | SourceError>,
  faults: AnswerFaults,
  asFault: AsFault,
): Promise<ReadonlyMap<string, StatusCounts | SourceError>> {
  return checkMap(parents, answer, faults, (value): StatusCounts | SourceError =>
    value instanceof Error ? asFault(value) : isCounts(value) ? value : notCounts(),
  );
}

/** @throws {SourceError} SOURCE_BAD_DATA where it is none */
export function checkCount(answer: StatusCounts): StatusCounts {
  if (isCounts(answer)) return answer;
  throw notCounts();
}

function isCounts(value: unknown): boolean {
  return isRecord(value) && COUNTS.every((name) => Number.isSafeInteger(value[name]));
}

function notCounts(): SourceError {
  return notUnderstood('its counts are no numbers');
}

export function checkHealth(answer: Health): Health {
  const health: unknown = answer;
  if (isRecord(health) && typeof health.ok === 'boolean') return answer;
  throw notUnderstood('it does not say whether it is well');
}

/** The values that were asked for; null leaves one out. */
async function checkMap<T>(
  keys: readonly string[],
  answer: ReadonlyMap<string, T>,
  faults: AnswerFaults,
  check: (value: T) => T | null,
): Promise<Map<string, T>> {
  const given: unknown = answer;
  if (!(given instanceof Map)) throw notUnderstood('it is no Map by key');
  const asked = new Set(keys);
  const checked = new Map<string, T>();
  const steps = new StepCounter();
  for (const [key, value] of answer) {
    if (!asked.has(key)) {
      faults.add(`The source answered for ${quoted(key)}, which it was not asked for.`);
      continue;
    }
    const good = check(value);
    if (good !== null) checked.set(key, good);
    if (steps.isSliceOverAfter(sizeOf(value))) await yieldToEventLoop();
  }
  return checked;
}

/** How many objects. */
function sizeOf(value: unknown): number {
  return isRecord(value) && Array.isArray(value.items) ? value.items.length : 1;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What a list was asked for, and what its rows are held against. */
export interface AskedPage<E extends EntityName> {
  readonly entity: E;
  readonly query: PageQuery<E>;
  /** Rows of an offset source come in its own order. */
  readonly paging: Paging;
  /** The object as it can be shown; null leaves it out. */
  check(object: Entities[E]): Entities[E] | null;
}

/**
 * A page as the contract says it is: in order, behind the place asked for, each row once, and no more than asked for.
 * What is not so is put right or left out, and said.
 * @throws {SourceError} SOURCE_BAD_DATA where it is no page at all
 */
export function checkPage<E extends EntityName>(
  asked: AskedPage<E>,
  given: Page<Entities[E]>,
  faults: AnswerFaults,
): Page<Entities[E]> {
  const page: unknown = given;
  if (!isRecord(page) || !Array.isArray(page.items) || typeof page.hasMore !== 'boolean') {
    throw notUnderstood(`the list of ${asked.entity}s is no page`);
  }
  const { first, order } = asked.query;
  let items = uniqueItems(asked, given.items, faults);
  if (asked.paging !== 'offset') {
    if (items.some((item, index) => index > 0 && comparePlaces(order, items[index - 1]!, item) > 0)) {
      faults.add(`The source gave its ${asked.entity}s in the wrong order.`);
      items = items.toSorted((one, other) => comparePlaces(order, one, other));
    }
    items = behindPlace(asked, items, faults);
  }
  const isTooMuch = items.length > first;
  if (isTooMuch) {
    faults.add(`The source gave ${items.length} ${asked.entity}s where it was asked for ${first}.`);
    items = items.slice(0, first);
  }
  const { total } = given;
  if (total !== undefined && !isCount(total)) faults.add(`The source gave a total of ${quoted(total)}.`);
  return {
    items,
    hasMore: given.hasMore || isTooMuch,
    ...(given.pending === true ? { pending: true } : {}),
    ...(total === undefined || !isCount(total) ? {} : { total }),
    ...(given.included === undefined ? {} : { included: checkIncluded(given.included, faults) }),
  };
}

/** The objects that came along, but for what is none. */
export function checkIncluded<T>(included: readonly T[], faults: AnswerFaults): readonly T[] {
  const list: unknown = included;
  const names: readonly unknown[] = ENTITY_NAMES;
  const good = Array.isArray(list)
    ? included.filter(
        (one) => isRecord(one) && names.includes(one.entity) && isRecord(one.object) && isId(one.object.id),
      )
    : [];
  if (!Array.isArray(list) || good.length < list.length) faults.add('The source sent along what is no object.');
  return good;
}

/** Those that can be shown, each once. */
function uniqueItems<E extends EntityName>(
  { entity, check }: AskedPage<E>,
  given: readonly PageItem<Entities[E]>[],
  faults: AnswerFaults,
): readonly PageItem<Entities[E]>[] {
  const items: PageItem<Entities[E]>[] = [];
  const seen = new Set<string>();
  for (const item of given) {
    const raw: unknown = item;
    if (!isRecord(raw) || !isTie(raw.tie) || !(raw.time === null || typeof raw.time === 'string')) {
      faults.add(`A ${entity} of the source has no place in its list, and is left out.`);
      continue;
    }
    const object = check(item.object);
    if (object === null) continue;
    const [tie, key] = [`tie ${item.tie}`, `key ${keyOf(object)}`];
    if (seen.has(tie) || seen.has(key)) {
      faults.add(`The source gave the ${entity} ${quoted(object.id)} twice in one page.`, object.id);
      continue;
    }
    seen.add(tie).add(key);
    items.push(object === item.object ? item : { ...item, object });
  }
  return items.length === given.length && items.every((item, index) => item === given[index]) ? given : items;
}

/** Without rows that were taken before: they would be walked through for ever. */
function behindPlace<E extends EntityName>(
  { entity, query }: AskedPage<E>,
  items: readonly PageItem<Entities[E]>[],
  faults: AnswerFaults,
): readonly PageItem<Entities[E]>[] {
  const { after, order } = query;
  const [first] = items;
  if (after === null || first === undefined || comparePlaces(order, first, after) > 0) return items;
  faults.add(`The source gave ${entity}s again that come before the place asked for.`);
  return items.filter((item) => comparePlaces(order, item, after) > 0);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isTie(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isList: Check = (value) => Array.isArray(value);
const isTime: Check = (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(value);
const isFile: Check = (value) => isObject(value) && isText(Object(value).name) && isText(Object(value).url);

/** What is looked at of each value; whole rules are the conformance suite's business. */
const CHECKS: { readonly [K in FieldKind]: Check } = {
  key: (value) => isText(value) && value !== '',
  version: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  text: isText,
  texts: (value) => Array.isArray(value) && value.every(isText),
  time: isTime,
  hash: isText,
  number: Number.isFinite,
  boolean: isFlag,
  status: (value) => STATUSES.some((status) => status === value),
  resources: (value) => Array.isArray(value) && value.every(isFile),
  object: isObject,
  environment: isObject,
  testNumber: (value) => isObject(value) && Number.isFinite(Object(value).value),
  culprit: isObject,
  conflicts: isList,
};

interface FieldCheck {
  readonly name: string;
  readonly check: Check;
  /** Without it the object cannot be shown. */
  readonly isNeeded: boolean;
}

const FIELD_CHECKS: { readonly [E in EntityName]?: readonly FieldCheck[] } = Object.fromEntries(
  ENTITY_NAMES.map((entity) => [
    entity,
    Object.entries(MODEL_FIELDS[entity]).map(([name, kind]) => ({
      name,
      check: CHECKS[kind],
      isNeeded: kind === 'key' || kind === 'version',
    })),
  ]),
);

/**
 * The object as the schema can show it: without what it must have it is left out (null), and any other field that is
 * not of its type is null.
 */
export function checkObject<E extends EntityName>(
  entity: E,
  given: Entities[E],
  faults: AnswerFaults,
): Entities[E] | null {
  const object: unknown = given;
  if (typeof object !== 'object' || object === null) {
    faults.add(`A ${entity} of the source is no object, and is left out.`);
    return null;
  }
  const id = 'id' in object && typeof object.id === 'string' ? object.id : undefined;
  let bad: Record<string, null> | null = null;
  for (const { name, check, isNeeded } of FIELD_CHECKS[entity] ?? []) {
    const value: unknown = Reflect.get(object, name);
    if (isNeeded ? check(value) : value === null || value === undefined || check(value)) continue;
    if (isNeeded) {
      const named = id === undefined ? `A ${entity} of the source` : `The ${entity} ${quoted(id)}`;
      faults.add(`${named} has no valid ${name}, and is left out.`, id);
      return null;
    }
    faults.add(`The ${entity} ${quoted(id)} has a ${name} that could not be understood.`, id);
    bad ??= {};
    bad[name] = null;
  }
  return bad === null ? given : { ...given, ...bad };
}
