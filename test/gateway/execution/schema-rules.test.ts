import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLObjectType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { SCHEMA_TEXT } from '../../../gateway/execution/build-schema.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const schema = buildSchema(SCHEMA_TEXT);
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);
const objects = types.filter(isObjectType);

describe('the schema', () => {
  it('keeps the rules of Relay connections, as an independent linter sees them', async () => {
    const linter = `${ROOT}node_modules/graphql-schema-linter/lib/cli.js`;
    const rules = [
      'relay-connection-types-spec',
      'relay-page-info-spec',
      'defined-types-are-used',
      'types-are-capitalized',
      'fields-are-camel-cased',
      'arguments-have-descriptions',
    ];
    const run = promisify(execFile)(
      process.execPath,
      [linter, '--rules', rules.join(','), '--comment-descriptions', '--format', 'json', 'schema.graphql'],
      { cwd: ROOT },
    );
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    expect(JSON.parse(stdout)).toEqual({ errors: [] });
  });

  it('describes every type, field, argument, input and enum value', () => {
    const missing = types.flatMap((type) => undescribed(type));
    expect(missing).toEqual([]);
  });

  it('pages every connection forward by first and after', () => {
    for (const { type, field, connection } of connectionFields()) {
      const name = `${type.name}.${field.name}`;
      const types = Object.fromEntries(field.args.map((arg) => [arg.name, String(arg.type)]));
      expect(types, name).toMatchObject({ first: 'Int', after: 'String' });
      expect(types, name).not.toHaveProperty('last');
      const fields = Object.fromEntries(
        Object.values(connection.getFields()).map(({ name, type }) => [name, String(type)]),
      );
      const entity = connection.name.replace(/Connection$/, '');
      expect(fields, name).toMatchObject({
        edges: `[${entity}Edge!]!`,
        nodes: `[${entity}!]!`,
        pageInfo: 'PageInfo!',
        totalCount: 'Int',
      });
    }
  });

  it('finds every object with a global id by node', () => {
    const nodes = objects
      .filter((type) => type.getInterfaces().some(({ name }) => name === 'Node'))
      .map(({ name }) => name);
    expect(nodes.sort()).toEqual(['Build', 'Checkout', 'Incident', 'Issue', 'Revision', 'Test']);
    const fields = schema.getQueryType()?.getFields() ?? {};
    expect([String(fields.node?.type), String(fields.nodes?.type)]).toEqual(['Node', '[Node]!']);
  });
});

function connectionFields() {
  return objects.flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) => {
      const connection = schema.getType(String(field.type).replace(/!$/, ''));
      return isObjectType(connection) && connection.name.endsWith('Connection') ? [{ type, field, connection }] : [];
    }),
  );
}

function undescribed(type: GraphQLNamedType): string[] {
  const own = type.description ? [] : [type.name];
  if (isEnumType(type)) return [...own, ...type.getValues().flatMap((value) => named(type.name, value))];
  if (isInputObjectType(type))
    return [...own, ...Object.values(type.getFields()).flatMap((field) => named(type.name, field))];
  if (!isObjectType(type) && !isInterfaceType(type)) return own;
  return [
    ...own,
    ...Object.values((type as GraphQLObjectType).getFields()).flatMap((field) => [
      ...named(type.name, field),
      ...field.args.flatMap((arg) => named(`${type.name}.${field.name}`, arg)),
    ]),
  ];
}

function named(
  parent: string,
  { name, description }: { name: string; description?: string | null | undefined },
): string[] {
  return description ? [] : [`${parent}.${name}`];
}
