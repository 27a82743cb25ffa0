import type { ErrorObject } from 'ajv';
import type { Fault } from '../../adapter.ts';
import { fault, type Place, quoted } from './fault.ts';
import { FORMATS } from './formats.ts';
import { isObject } from './kcidb-object.ts';
import { nearestName } from './nearest-name.ts';
import type { VersionRules } from './rules/rule-types.ts';
import { VERSIONS } from './rules/versions.ts';

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
