import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/**
 * TypeScript text: the batch resolvers of each type, so that one that is missing or misspelt is a type error. Root fields
 * and whatever takes arguments or leads to another object need one; all others may be plain properties.
 */
export function batchResolverTypes(schema: GraphQLSchema): string {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));
  const roots = new Set([schema.getQueryType(), schema.getMutationType()]);
  const objects = types.filter(isObjectType);
  const fields = objects.flatMap((type) => fieldsOf(type).map((field) => ({ type, field })));
  const enums = new Set(fields.map(({ field }) => getNamedType(field.type)).filter(isEnumType));
  const imports = [
    ...[...enums].map(({ name }) => name),
    ...fields.filter(({ field }) => field.args.length > 0).map(({ type, field }) => argsName(type, field)),
  ].sort();
  const parents = objects.filter((type) => !roots.has(type)).map(({ name }) => name);
  return `import type { BatchResolver } from '../graphql/resolvers/batch-resolver.ts';
import type {
${imports.map((name) => `  ${name},`).join('\n')}
} from './schema-types.ts';

type NoArgs = Readonly<Record<string, never>>;

/** What an object of each type is at run time. */
export interface ObjectTypes {
${parents.map((name) => `  readonly ${name}: unknown;`).join('\n')}
}

/** The batch resolvers of the schema; \`T\` says what its objects are at run time. */
export interface BatchResolvers<T extends ObjectTypes = ObjectTypes> {
${objects.map((type) => resolversOf(schema, type, roots.has(type))).join('\n')}
}
`;
}

function resolversOf(schema: GraphQLSchema, type: GraphQLObjectType, isRoot: boolean): string {
  const parent = isRoot ? 'unknown' : `T['${type.name}']`;
  const needed = new Set(fieldsOf(type).filter((field) => isRoot || (!isPage(type) && needsResolver(field))));
  const lines = fieldsOf(type).map((field) => {
    const name = needed.has(field) ? field.name : `${field.name}?`;
    const args = field.args.length > 0 ? argsName(type, field) : 'NoArgs';
    return `    readonly ${name}: BatchResolver<${parent}, ${args}, ${typeOf(schema, field.type)}>;`;
  });
  return `  readonly ${type.name}${needed.size > 0 ? '' : '?'}: {\n${lines.join('\n')}\n  };`;
}

function typeOf(schema: GraphQLSchema, type: GraphQLOutputType): string {
  if (!isNonNullType(type)) return `${nonNullTypeOf(schema, type)} | null`;
  return nonNullTypeOf(schema, getNullableType(type));
}

function nonNullTypeOf(schema: GraphQLSchema, type: GraphQLOutputType): string {
  if (isListType(type)) return `readonly (${typeOf(schema, type.ofType)})[]`;
  const named = getNamedType(type);
  if (isAbstractType(named))
    return schema
      .getPossibleTypes(named)
      .map(({ name }) => `T['${name}']`)
      .join(' | ');
  if (isObjectType(named)) return `T['${named.name}']`;
  return isEnumType(named) ? named.name : 'unknown';
}

function fieldsOf(type: GraphQLObjectType): readonly GraphQLField<unknown, unknown>[] {
  return Object.values(type.getFields());
}

function needsResolver(field: GraphQLField<unknown, unknown>): boolean {
  const type = getNamedType(field.type);
  return field.args.length > 0 || (isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'));
}

function isPage({ name }: GraphQLObjectType): boolean {
  return name.endsWith('Connection') || name.endsWith('Edge');
}

function argsName(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): string {
  return `${type.name}${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}Args`;
}
