import { type FieldKind, MODEL_FIELDS } from '../../../adapters/kit/model-fields.ts';
import { ENTITY_NAMES, type Entities, type EntityName, STATUSES } from '../../../adapters/model.ts';
import { quoted } from '../client-error.ts';
import type { AnswerFaults } from './answer-faults.ts';

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
