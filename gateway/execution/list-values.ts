import {
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { limitExceeded } from './limit-exceeded.ts';
import type { Limits } from './limits.ts';

export interface ListValuesQuestion {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** As graphql-js coerced them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A list that is too long, and where it is within an argument. */
interface LongList {
  readonly path: readonly string[];
  readonly length: number;
}

/**
 * An error where a list in an argument has more values than the limit, be it written out or a variable. JSON is no such
 * list: how much of it a request may hold is limited as a whole.
 */
export function checkListValues(question: ListValuesQuestion, limits: Limits): GraphQLError | null {
  const { schema, operation, fragments, variables } = question;
  const { values: limit, tokens } = limits;
  // Each value that is written out is a token.
  if (tokens <= limit && !Object.values(variables).some((value) => holdsLongList(value, limit))) return null;
  const types = new TypeInfo(schema);
  let refusal: GraphQLError | null = null;

  function ofNode(node: ValueNode, type: GraphQLInputType, path: readonly string[]): LongList | null {
    if (node.kind === Kind.VARIABLE) return ofValue(variables[node.name.value], type, path);
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      return node.kind === Kind.LIST && node.values.length > limit ? { path, length: node.values.length } : null;
    }
    if (!isInputObjectType(nullable) || node.kind !== Kind.OBJECT) return null;
    const fields = nullable.getFields();
    return firstOf(node.fields, ({ name, value }) => {
      const field = fields[name.value];
      return field === undefined ? null : ofNode(value, field.type, [...path, name.value]);
    });
  }

  function ofValue(value: unknown, type: GraphQLInputType, path: readonly string[]): LongList | null {
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      return Array.isArray(value) && value.length > limit ? { path, length: value.length } : null;
    }
    if (!isInputObjectType(nullable) || typeof value !== 'object' || value === null) return null;
    const fields = nullable.getFields();
    return firstOf(Object.entries(value), ([name, part]) => {
      const field = fields[name];
      return field === undefined ? null : ofValue(part, field.type, [...path, name]);
    });
  }

  const visitor = visitWithTypeInfo(types, {
    Field(node) {
      const field = types.getFieldDef();
      for (const { name, value } of refusal === null ? (node.arguments ?? []) : []) {
        const type = field?.args.find((argument) => argument.name === name.value)?.type;
        const long = type === undefined ? null : ofNode(value, type, [name.value]);
        if (long !== null) refusal = tooLong(node.name.value, long, limit);
      }
    },
  });
  for (const definition of [operation, ...fragments.values()]) visit(definition, visitor);
  return refusal;
}

function holdsLongList(value: unknown, limit: number): boolean {
  if (Array.isArray(value) && value.length > limit) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some((part) => holdsLongList(part, limit));
}

function firstOf<T>(items: readonly T[], find: (item: T) => LongList | null): LongList | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

function tooLong(field: string, { path, length }: LongList, limit: number): GraphQLError {
  const [argument, ...names] = path;
  const what = argument === 'filter' ? `The filter "${names.join('.')}"` : `The argument "${path.join('.')}"`;
  return limitExceeded(
    `${what} of "${field}" lists ${length} values; the limit is ${limit}. Ask for the rest in further requests.`,
  );
}
