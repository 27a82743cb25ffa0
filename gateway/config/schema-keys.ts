import * as z from 'zod';
import type { Path } from './interpolate.ts';

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
