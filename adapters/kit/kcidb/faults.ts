import type { ErrorObject } from 'ajv';
import type { Fault } from '../../contract/adapter.ts';
import type { Entities, EntityName } from '../../contract/model.ts';
import { FORMATS } from './formats.ts';
import { fromModel } from './model.ts';
import type { VersionRules } from './rules/schema.ts';
import { VERSIONS } from './rules/versions.ts';
import { latestRules, nearestName } from './validator.ts';
import { isObject, type ListName } from './walk-document.ts';

/** How many faults of a document are told. */
export const MAX_FAULTS = 100;

/** A place below the top of a document: its parent's place and its key or index there. */
export type Place = readonly (string | number)[];

const SHOWN_LENGTH = 100;
const MAX_PATH = 2000;

/**
 * A fault, its value made fit to be shown, logged and stored. Rules: `type`, `required`, `additionalProperties`, `enum`,
 * `minimum`, `maxLength`, `pattern:NAME`, `format:NAME`, `version`, `storable`, `upgrade`.
 */
export function fault(place: Place, rule: string, message: string, value: unknown): Fault {
  return { path: pointer(place), rule, message, value: shown(value) };
}

/** The JSON Pointer of a place; long keys, and what is nested deeper than anyone reads, are cut short. */
function pointer(place: Place): string {
  let path = '';
  for (const part of place)
    path += `/${printable(cut(String(part)))
      .replaceAll('~', '~0')
      .replaceAll('/', '~1')}`;
  return path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
}

/** A value in a sentence: strings in quotes, everything else by what it is. */
export function quoted(value: unknown): string {
  if (typeof value === 'string') return `"${printable(cut(value))}"`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

function shown(value: unknown): Fault['value'] {
  if (typeof value === 'string') return printable(cut(value));
  if (typeof value === 'boolean' || value === null || value === undefined) return value ?? null;
  // JSON has no word for what overflowed, and would say null.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return Array.isArray(value) ? `[list of ${value.length}]` : '{object}';
}

function cut(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

/** Control characters and lone surrogates as escapes: no terminal, log or database takes them as they are. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Says what a validator's error means: which value, which rule, what to do. `name` is the object's, such as `test`. */
export function explainError(version: VersionRules, name: string, root: Place, error: ErrorObject): Fault {
  const place = [...root, ...placeOf(error.instancePath)];
  const { data } = error;
  const schema = error.parentSchema ?? {};
  const ruleName = String(schema.rule ?? name);
  const says = version.values[ruleName]?.says ?? `${article(ruleName)}: an object`;
  const field = fieldName(place);
  switch (error.keyword) {
    case 'required': {
      const missing = String(error.params.missingProperty);
      const message = `"${missing}" is missing: ${article(ruleName)} of version ${versionName(version)} needs it.`;
      return fault(place, 'required', message, undefined);
    }
    case 'additionalProperties': {
      const key = String(error.params.additionalProperty);
      return explainUnknownKey(version, place, ruleName, key, memberOf(data, key));
    }
    case 'type': {
      const expected = schema.type === 'array' ? 'a list' : says;
      const message =
        data === null
          ? `${field} must not be null: leave out what is not known.`
          : `${field} must be ${expected}, not ${quoted(data)}.`;
      return fault(place, 'type', message, data);
    }
    case 'enum': {
      const allowed = version.values[ruleName]?.values ?? [];
      const near = typeof data === 'string' ? nearestName(data, allowed) : undefined;
      const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
      return fault(place, 'enum', `${field} must be one of ${allowed.join(', ')}, not ${quoted(data)}.${hint}`, data);
    }
    case 'format':
      return explainFormat(place, field, says, String(error.params.format), data);
    case 'pattern':
      return fault(place, `pattern:${ruleName}`, `${field} must be ${says}, not ${quoted(data)}.`, data);
    case 'maxLength':
      return fault(place, 'maxLength', `${field} must be ${says}: cut it, or give the whole by URL.`, data);
    default:
      return fault(place, error.keyword, `${field} must be ${says}, not ${quoted(data)}.`, data);
  }
}

/**
 * Says what may be meant by a key that is not known at this place: one of a near name, or one of another version.
 *
 * @param name the object's singular name, null at the top of the document
 */
export function explainUnknownKey(
  version: VersionRules,
  place: Place,
  name: string | null,
  key: string,
  value: unknown,
): Fault {
  const known = Object.keys(keysOf(version, name) ?? {});
  const where = name === null ? 'a document' : article(name);
  const near = nearestName(key, known);
  const message = `${quoted(key)} is no field of ${where} in version ${versionName(version)}${hint()}`;
  return fault([...place, key], 'additionalProperties', message, value);

  function hint(): string {
    const others = VERSIONS.filter((other) => Object.hasOwn(keysOf(other, name) ?? {}, key));
    const [first, last] = [others[0], others.at(-1)];
    if (first !== undefined && last !== undefined) {
      return `: it is one from ${versionName(first)} to ${versionName(last)}.`;
    }
    return near === undefined ? `; its fields are ${known.join(', ')}.` : `: did you mean "${near}"?`;
  }
}

function explainFormat(place: Place, field: string, says: string, format: string, data: unknown): Fault {
  if (format === 'date-time' && typeof data === 'string' && FORMATS['date-time'](data)) {
    const message = `${field} must lie in the years 0001 to 9999 of UTC to be stored, ${quoted(data)} does not.`;
    return fault(place, 'storable', message, data);
  }
  return fault(place, `format:${format}`, `${field} must be ${says}, not ${quoted(data)}.`, data);
}

function keysOf(version: VersionRules, name: string | null): Readonly<Record<string, string>> | undefined {
  return name === null ? { version: '', ...version.lists } : version.objects[name];
}

function versionName({ major, minor }: VersionRules): string {
  return `${major}.${minor}`;
}

function article(name: string): string {
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** An entry of a list is named by the list: `"output_files" 3`. */
function fieldName(place: Place): string {
  const last = place.at(-1);
  return typeof last === 'number' ? `Entry ${last} of "${place.at(-2)}"` : `"${last}"`;
}

function memberOf(data: unknown, key: string): unknown {
  return isObject(data) && Object.hasOwn(data, key) ? data[key] : undefined;
}

/** The validator writes a place as a JSON Pointer with indices as text; only declared keys occur in it, never escapes. */
function placeOf(instancePath: string): Place {
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

const LIST_OF: Readonly<Record<EntityName, ListName>> = {
  checkout: 'checkouts',
  build: 'builds',
  test: 'tests',
  issue: 'issues',
  incident: 'incidents',
};

/**
 * What version 5.3 finds wrong with an object of the common model: nothing, if a KCIDB document could hold it. Paths are
 * those of a document with this object alone, such as `/tests/0/start_time`.
 */
export function modelFaults<E extends EntityName>(entity: E, object: Entities[E]): Fault[] {
  return latestRules().objectFaults(LIST_OF[entity], 0, fromModel(entity, object));
}
