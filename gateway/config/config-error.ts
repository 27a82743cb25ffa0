import * as z from 'zod';
import type { $ZodIssue } from 'zod/v4/core';
import { nearestName } from '../../adapters/kit/kcidb/validator.ts';
import { printable, printableLine, redactValue } from '../../adapters/kit/printable.ts';

/** The keys that lead to a value, from the top of the file. */
export type Path = readonly (string | number)[];

/** One fault of a configuration. */
export interface ConfigFault {
  /** Where, such as `sources.native.url`; empty: the file as a whole. */
  readonly path: string;
  /** A whole sentence. */
  readonly message: string;
  /** From 1; null where the fault has no place in the file. */
  readonly line: number | null;
  readonly column: number | null;
}

/** The configuration cannot be used; one message lists every fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly ConfigFault[];

  constructor(subject: string, faults: readonly ConfigFault[]) {
    const sorted = [...faults].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
    const count = sorted.length === 1 ? 'a fault' : `${sorted.length} faults`;
    super(`${subject} has ${count}:\n${sorted.map((fault) => `  ${describe(fault)}`).join('\n')}`);
    this.faults = sorted;
  }
}

function describe({ path, message, line, column }: ConfigFault): string {
  const place = line === null ? '' : ` (line ${line}:${column ?? 1})`;
  const text = printable(message);
  return path === '' ? `${text}${place}` : `${printableLine(path)}${place}: ${text}`;
}

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

/** Turns a fault that zod found into whole sentences; `keys` gives the known keys at a path, `raw` the value in the file. */
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

/** The message of a schema, with the value added. */
function withValue(message: string, value: string | null): string {
  return value !== null && /^It must .*\.$/.test(message) ? `${message.slice(0, -1)}, and ${value} is not.` : message;
}

/** The message for an unknown key. */
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

/** The value in the file, cut short; null if there is none, and never a secret. */
function quote(path: Path, value: unknown): string | null {
  if (value === undefined) return null;
  if (path.some((step) => typeof step === 'string' && SECRET.test(step))) return 'the value there';
  return typeof value === 'string' ? `"${redactValue(value)}"` : redactValue(JSON.stringify(value) ?? String(value));
}

/** The part of JSON Schema that tells which keys an object takes. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly kind?: string;
}

/** What a zod schema takes, as data; plug-ins may bring a zod of their own. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** The keys known at a path; empty where anything goes. */
export function keysAt(schema: JsonSchema, path: Path): readonly string[] {
  let level: readonly JsonSchema[] = branches(schema);
  for (const step of path) {
    level = level.flatMap((branch) => {
      const open = typeof branch.additionalProperties === 'object' ? branch.additionalProperties : undefined;
      const child = typeof step === 'number' ? branch.items : (branch.properties?.[step] ?? open);
      return child === undefined ? [] : branches(child);
    });
  }
  return level.flatMap((branch) => Object.keys(branch.properties ?? {}));
}

/** Keys of a value that an object schema does not know, at any depth: zod strips them where a schema is not strict. */
export function unknownKeys(schema: JsonSchema, value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      schema.items === undefined ? [] : unknownKeys(schema.items, item, [...path, index]),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  const objects = branches(schema).filter((branch) => branch.properties !== undefined);
  const open = branches(schema).some((branch) => !branch.properties || typeof branch.additionalProperties === 'object');
  if (objects.length === 0) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const known = objects.filter((branch) => Object.hasOwn(branch.properties ?? {}, key));
    if (known.length === 0) return open ? [] : [[...path, key]];
    return known.length > 1 ? [] : unknownKeys(known[0]?.properties?.[key] ?? {}, item, [...path, key]);
  });
}

function branches(schema: JsonSchema): readonly JsonSchema[] {
  const inner = [...(schema.anyOf ?? []), ...(schema.allOf ?? [])];
  return inner.length === 0 ? [schema] : inner.flatMap(branches);
}
