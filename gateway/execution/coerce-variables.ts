import { GraphQLError, type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';
import { isExactInteger } from '../../adapters/kit/exact-json.ts';
import { namedType } from './exact-variables.ts';
import { limitExceeded } from './limit-exceeded.ts';
import { VARIABLE_FIELDS } from './limits.ts';

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
