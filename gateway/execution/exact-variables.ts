import { Kind, type OperationDefinitionNode, type TypeNode } from 'graphql';
import { rounded } from '../../adapters/kit/exact-json.ts';

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
