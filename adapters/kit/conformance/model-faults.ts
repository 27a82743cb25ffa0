import type { Fault } from '../../adapter.ts';
import { type EntityName, STATUSES } from '../../model.ts';

import { modelFaults as kcidbFaults } from '../kcidb/model-faults.ts';
import { type FieldKind, MODEL_FIELDS } from '../model-fields.ts';
import { normaliseTime } from '../normalise-time.ts';
import type { AnyObject } from './session.ts';
import { shown } from './verdict.ts';

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
