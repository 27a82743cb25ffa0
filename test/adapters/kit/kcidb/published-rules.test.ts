import { describe, expect, it } from 'vitest';
import { jsonSchemaOf } from '../../../../adapters/kit/kcidb/rules/schema.ts';
import { VERSIONS } from '../../../../adapters/kit/kcidb/rules/versions.ts';
import { isObject } from '../../../../adapters/kit/kcidb/walk-document.ts';
import { hasSharedData, publishedSchema } from './shared-data.ts';

/** How the published patterns are written here. A NUL is no matter of patterns: it cannot be stored in any version. */
const PATTERNS: Readonly<Record<string, string | undefined>> = {
  '^[^\\0]*$': undefined,
  '^[a-z0-9_]+:.*$': '^[a-z0-9_]+:[^\\n]*$',
  '^[a-z0-9_]+:[^\\0]*$': '^[a-z0-9_]+:',
  '^(https|git)://.*$': '^(https|git)://',
  '^https://[^\\0]*$': '^https://',
  '^[^/\\0]+$': '^[^/]+$',
  '^[^ ]+(,[^ ]+)*$': '^[^ ]+$',
  '^[^ \\0]+(,[^ \\0]+)*$': '^[^ ]+$',
  '^([a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*)?$': '^(?!\\.|.*\\.\\.|.*\\.$)[.a-zA-Z0-9_-]*$',
};

/** One line a value, with its place and what it must be, in an order of its own. */
function facts(schema: unknown, definitions: Record<string, unknown>, place = ''): string[] {
  if (!isObject(schema)) return [];
  if (typeof schema.$ref === 'string')
    return facts(definitions[schema.$ref.split('/').at(-1) ?? ''], definitions, place);
  const { type, format, maxLength, minimum } = schema;
  const published = typeof schema.pattern === 'string' ? schema.pattern : undefined;
  const pattern = published !== undefined && published in PATTERNS ? PATTERNS[published] : published;
  const values = Array.isArray(schema.enum) ? schema.enum.toSorted() : undefined;
  const required = Array.isArray(schema.required) ? schema.required.toSorted() : undefined;
  const open = type === 'object' && schema.additionalProperties !== false;
  const fact = {
    type,
    pattern,
    format,
    maxLength,
    minimum,
    values,
    required: required?.length === 0 ? undefined : required,
    open,
  };
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  return [
    `${place} ${JSON.stringify(fact)}`,
    ...facts(schema.items, definitions, `${place}[]`),
    ...properties.flatMap(([key, property]) => facts(property, definitions, `${place}.${key}`)),
  ].toSorted();
}

describe.skipIf(!hasSharedData())('the rules of a version', () => {
  it.each(VERSIONS.map((version) => [`${version.major}.${version.minor}`, version] as const))(
    'say of %s what its published schema says, field by field',
    (name, version) => {
      const published = publishedSchema(name);
      const definitions = isObject(published.$defs) ? published.$defs : {};
      const { version: _version, ...lists } = isObject(published.properties) ? published.properties : {};
      const ours = Object.entries(version.lists).flatMap(([list, object]) => [
        `${list} {"type":"array","open":false}`,
        ...facts(jsonSchemaOf(version, object), {}, `${list}[]`),
      ]);
      const theirs = Object.entries(lists).flatMap(([list, schema]) => facts(schema, definitions, list));
      expect(ours.toSorted()).toEqual(theirs.toSorted());
      expect(theirs.length).toBeGreaterThan(40);
    },
  );
});
