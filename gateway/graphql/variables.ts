import {
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  getVariableValues,
  isInputObjectType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  type TypeNode,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { isExactInteger, rounded } from '../../adapters/contract/exact-json.ts';
import { type Limits, limitExceeded, VARIABLE_FIELDS } from './limits.ts';

/** So many faults of variables are told at once: for each one graphql-js writes the whole value, which may have a megabyte. */
const MAX_FAULTS = 5;

export type CoercedVariables =
  | { readonly coerced: Readonly<Record<string, unknown>>; readonly errors?: undefined }
  | { readonly errors: readonly GraphQLError[] };

/** graphql-js says what is wrong with the variables: a compiled executor words it otherwise, and names other fields. */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): CoercedVariables {
  const crowded = crowdedObject(operation, variables);
  if (crowded !== null) return { errors: [crowded] };
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: MAX_FAULTS });
  if (values.errors === undefined) return { coerced: values.coerced };
  return {
    errors: values.errors.map(
      (error) =>
        new GraphQLError(error.message, {
          nodes: error.nodes,
          extensions: { code: 'BAD_USER_INPUT' },
          originalError: error,
        }),
    ),
  };
}

/**
 * An error where an object has more fields than any input type: graphql-js writes all of them for each one that it does
 * not know. JSON may have any shape.
 */
function crowdedObject(
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | null {
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    if (namedType(type) === 'JSON') continue;
    const fields = mostFields(variables[name]);
    if (fields <= VARIABLE_FIELDS) continue;
    return limitExceeded(`An object in the variable "$${name}" has ${fields} fields; the limit is ${VARIABLE_FIELDS}.`);
  }
  return null;
}

/** Of all objects in a value, how many fields the one with the most has. Its nesting was limited before. */
function mostFields(value: unknown): number {
  if (typeof value !== 'object' || value === null || isExactInteger(value)) return 0;
  const items = Object.values(value);
  let most = Array.isArray(value) ? 0 : items.length;
  for (const item of items) most = Math.max(most, mostFields(item));
  return most;
}

type Variables = Readonly<Record<string, unknown>>;

/** Integers keep their digits in variables of the type JSON; in all others they are doubles, which graphql-js knows. */
export function exactVariables(operation: OperationDefinitionNode | undefined, variables: Variables): Variables {
  const exact = new Set(
    (operation?.variableDefinitions ?? [])
      .filter(({ type }) => namedType(type) === 'JSON')
      .map(({ variable }) => variable.name.value),
  );
  const entries = Object.entries(variables);
  return Object.fromEntries(entries.map(([name, value]) => [name, exact.has(name) ? value : rounded(value)]));
}

/** Takes the variables that an operation does not declare out of those of a request, which is kept until it is answered. */
export function dropUndeclared(
  operation: OperationDefinitionNode | undefined,
  variables: Record<string, unknown>,
): void {
  const declared = new Set((operation?.variableDefinitions ?? []).map(({ variable }) => variable.name.value));
  for (const name of Object.keys(variables)) if (!declared.has(name)) Reflect.deleteProperty(variables, name);
}

/** The name of a type within its lists and non-null marks. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

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
