import type { $ZodIssue } from 'zod/v4/core';
import { nearestName } from '../../adapters/kit/kcidb/nearest-name.ts';
import { redactValue } from '../../adapters/kit/printable.ts';
import type { Path } from './interpolate.ts';

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
};
const SECRET = /secret|token|password|passwd|key$/i;

export interface Explained {
  readonly path: Path;
  readonly message: string;
}

/** Turns a fault that zod found into whole sentences; `keys` gives the known keys at a path, `raw` what stands in the file. */
export function explainIssue(
  issue: $ZodIssue,
  keys: (path: Path) => readonly string[],
  raw: (path: Path) => unknown,
): Explained[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const value = quote(path, raw(path));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, keys(path)) }));
    case 'invalid_type':
      return [{ path, message: mustBe(EXPECTED[issue.expected] ?? `a ${issue.expected}`, value) }];
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const nearest = typeof raw(path) === 'string' ? nearestName(String(raw(path)), allowed) : undefined;
      const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
      return [{ path, message: `${mustBe(`one of ${allowed.join(', ')}`, value)}${hint}` }];
    }
    case 'invalid_union': {
      const deep = issue.errors.find((branch) => branch.some((inner) => inner.path.length > 0));
      if (deep !== undefined) {
        return deep.flatMap((inner) => explainIssue({ ...inner, path: [...issue.path, ...inner.path] }, keys, raw));
      }
      const expected = issue.errors.flat().flatMap((inner) => ('expected' in inner ? [String(inner.expected)] : []));
      if (issue.message !== 'Invalid input' || expected.length === 0)
        return [{ path, message: withValue(issue.message, value) }];
      return [{ path, message: mustBe(expected.map((type) => EXPECTED[type] ?? `a ${type}`).join(' or '), value) }];
    }
    case 'too_small':
      if (issue.origin === 'string') return [{ path, message: 'It must not be empty.' }];
      return [{ path, message: mustBe(`${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`, value) }];
    case 'too_big':
      return [{ path, message: mustBe(`${issue.inclusive ? 'at most' : 'below'} ${issue.maximum}`, value) }];
    default:
      return [{ path, message: withValue(issue.message, value) }];
  }
}

/** What a schema says of its own, in the form of our own sentences. */
function withValue(message: string, value: string | null): string {
  return value !== null && /^It must .*\.$/.test(message) ? `${message.slice(0, -1)}, and ${value} is not.` : message;
}

/** What to say of a key that nobody knows. */
export function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  const shown = redactValue(key);
  if (nearest !== undefined) return `There is no key "${shown}": did you mean "${nearest}"?`;
  const list = known.length === 0 ? '' : `: the keys here are ${known.join(', ')}`;
  return `There is no key "${shown}"${list}.`;
}

function mustBe(expected: string, value: string | null): string {
  return value === null ? `It is missing; it must be ${expected}.` : `It must be ${expected}, and ${value} is not.`;
}

/** The value as it stands in the file, cut short; null where there is none, and never a secret. */
function quote(path: Path, value: unknown): string | null {
  if (value === undefined) return null;
  if (path.some((step) => typeof step === 'string' && SECRET.test(step))) return 'what stands there';
  return typeof value === 'string' ? `"${redactValue(value)}"` : redactValue(JSON.stringify(value) ?? String(value));
}
