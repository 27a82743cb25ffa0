import { isDeepStrictEqual } from 'node:util';
import type { Fault } from '../../contract/adapter.ts';
import { parseExactJson } from '../../contract/exact-json.ts';
import { type FieldKind, MODEL_FIELDS } from '../../contract/fields.ts';
import { type EntityName, type Json, STATUSES } from '../../contract/model.ts';
import { normaliseTime } from '../../contract/time-and-url.ts';
import { modelFaults as kcidbFaults } from '../kcidb/faults.ts';
import type { AnyObject } from './subject.ts';

/** What is wrong with the form of an answer, whatever it says; null where the rest of the suite can read it. */
export function mapFault(answer: unknown, isValue: (value: unknown) => boolean): string | null {
  if (!(answer instanceof Map)) return 'The answer is no Map.';
  for (const [key, value] of answer) {
    if (typeof key !== 'string') return `A key of the answer is a ${typeof key}, not text.`;
    if (!isValue(value) && !(value instanceof Error)) return `The value under "${key}" is not what the contract says.`;
  }
  return null;
}

export function isPage(page: unknown): boolean {
  if (!isRecord(page) || !Array.isArray(page.items) || !page.items.every(isPlaced)) return false;
  return typeof page.hasMore === 'boolean' && (page.pending === undefined || page.pending === true);
}

export function isFound(found: unknown): boolean {
  return isRecord(found) && isRecord(found.object) && isTime(found.time);
}

export function isCounts(counts: unknown): boolean {
  const names = ['pass', 'fail', 'error', 'miss', 'done', 'skip', 'none', 'total'];
  return isRecord(counts) && names.every((name) => Number.isSafeInteger(counts[name]));
}

function isPlaced(item: unknown): boolean {
  return isFound(item) && isRecord(item) && typeof item.tie === 'string';
}

function isTime(time: unknown): boolean {
  return time === null || typeof time === 'string';
}

/** A value as evidence: text and numbers as they are, the rest as JSON, all cut short. */
export function shown(value: unknown): Json {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const safe = text.toWellFormed();
  return safe.length > 300 ? `${safe.slice(0, 300)}…` : safe;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => Number.isFinite(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isObjectOf =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) &&
    Object.keys(value).every((name) => Object.hasOwn(members, name)) &&
    Object.entries(members).every(([name, check]) => check(value[name]));
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

const CHECKS: { readonly [K in FieldKind]: readonly [check: Check, what: string] } = {
  key: [(value) => isText(value) && value !== '', 'text, and not empty'],
  version: [(value) => Number.isSafeInteger(value) && Number(value) >= 0, 'a whole number from 0 to 2^53 - 1'],
  text: [orNull(isText), 'text, or null'],
  texts: [orNull(isListOf(isText)), 'a list of texts, or null'],
  time: [
    orNull((value) => typeof value === 'string' && normaliseTime(value) === value),
    'a time in UTC with six decimals, or null',
  ],
  hash: [
    orNull((value) => typeof value === 'string' && value === value.toLowerCase()),
    'a hash in lower case, or null',
  ],
  number: [orNull(isNumber), 'a number, or null'],
  boolean: [orNull(isFlag), 'true, false or null'],
  status: [orNull((value) => STATUSES.some((status) => status === value)), `one of ${STATUSES.join(', ')}, or null`],
  resources: [
    orNull(isListOf(isObjectOf({ name: isText, url: isText }))),
    'a list of files with name and url, or null',
  ],
  object: [orNull(isRecord), 'an object, or null'],
  environment: [
    orNull(isObjectOf({ comment: orNull(isText), compatible: orNull(isListOf(isText)), misc: orNull(isRecord) })),
    'an object with comment, compatible and misc, or null',
  ],
  testNumber: [
    orNull(
      isObjectOf({
        value: isNumber,
        unit: orNull(isText),
        prefix: (value) => value === null || value === 'metric' || value === 'binary',
      }),
    ),
    'an object with value, unit and prefix, or null',
  ],
  culprit: [
    orNull(isObjectOf({ code: orNull(isFlag), tool: orNull(isFlag), harness: orNull(isFlag) })),
    'an object with code, tool and harness, or null',
  ],
  conflicts: [
    (value) => value === undefined || (Array.isArray(value) && value.every(isConflict)),
    'a list of conflicts, or absent',
  ],
};

/** What is wrong with an object, by the types of the model first, then by KCIDB's own rules. */
export function modelFaults(entity: EntityName, object: AnyObject): readonly Fault[] {
  const values: Readonly<Record<string, unknown>> = { ...object };
  const kinds: Readonly<Record<string, FieldKind>> = MODEL_FIELDS[entity];
  const faults: Fault[] = [];
  const add = (name: string, rule: string, message: string) =>
    faults.push({ path: `/${name}`, rule, message, value: shown(values[name] ?? null) });
  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(kinds, name)) add(name, 'field', `A ${entity} has no field "${name}" in the model.`);
  }
  for (const [name, kind] of Object.entries(kinds)) {
    const [check, what] = CHECKS[kind];
    if (!check(values[name])) add(name, kind, `"${name}" of a ${entity} must be ${what}.`);
  }
  if (faults.length > 0) return faults;
  return kcidbFaults(entity, object);
}

function isConflict(value: unknown): boolean {
  return (
    isRecord(value) && typeof value.field === 'string' && Array.isArray(value.values) && value.values.every(isRecord)
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two values say the same as JSON: absent and undefined are one, and so are 0 and -0. */
export function sameJson(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

/** A value as it is now, whatever becomes of it later. */
export function plain(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : parseExactJson(text);
}
