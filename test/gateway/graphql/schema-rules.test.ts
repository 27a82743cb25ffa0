import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { SCHEMA_TEXT } from '../../../gateway/graphql/schema.ts';

const schema = buildSchema(SCHEMA_TEXT);
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);
const objects = types.filter(isObjectType);

describe('the schema', () => {
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
      expect(typesOf(`${entity}Edge`), name).toMatchObject({ cursor: 'String!', node: `${entity}!` });
    }
  });

  it('says where a page ends as the Relay connection specification does', () => {
    expect(typesOf('PageInfo')).toEqual({
      hasNextPage: 'Boolean!',
      hasPreviousPage: 'Boolean!',
      startCursor: 'String',
      endCursor: 'String',
    });
  });

  it('names types in PascalCase and their fields and arguments in camelCase', () => {
    const composite = types.filter((type) => isObjectType(type) || isInterfaceType(type) || isInputObjectType(type));
    const names = composite.flatMap((type) => [
      ...Object.keys(type.getFields()),
      ...(isInputObjectType(type)
        ? []
        : Object.values(type.getFields()).flatMap(({ args }) => args.map(({ name }) => name))),
    ]);
    expect(names.filter((name) => !/^[a-z][a-zA-Z0-9]*$/.test(name))).toEqual([]);
    expect(types.map(({ name }) => name).filter((name) => !/^[A-Z][a-zA-Z0-9]*$/.test(name))).toEqual([]);
  });

  it('has no type that nothing leads to', () => {
    const led = reachable();
    expect(types.map(({ name }) => name).filter((name) => !led.has(name))).toEqual([]);
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

function typesOf(name: string): Record<string, string> {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`The schema has no object type ${name}.`);
  return Object.fromEntries(Object.values(type.getFields()).map(({ name, type }) => [name, String(type)]));
}

/** The names of all types that a query or mutation can meet, objects behind an interface included. */
function reachable(): Set<string> {
  const seen = new Set<string>();
  const open: (GraphQLNamedType | null | undefined)[] = [schema.getQueryType(), schema.getMutationType()];
  for (let type = open.pop(); open.length > 0 || type; type = open.pop()) {
    if (!type || seen.has(type.name)) continue;
    seen.add(type.name);
    if (isInterfaceType(type)) open.push(...schema.getPossibleTypes(type));
    if (isInputObjectType(type)) open.push(...Object.values(type.getFields()).map((field) => getNamedType(field.type)));
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    open.push(...type.getInterfaces());
    for (const field of Object.values(type.getFields()))
      open.push(getNamedType(field.type), ...field.args.map((arg) => getNamedType(arg.type)));
  }
  return seen;
}
