import { Kind, type OperationDefinitionNode, type TypeNode } from 'graphql';
import { rounded } from '../../adapters/kit/exact-json.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Integers keep their digits in variables of the type JSON; in all others they are doubles, which graphql-js knows. */
export function exactVariables(operation: OperationDefinitionNode | undefined, variables: Variables): Variables {
  const exact = new Set(
    (operation?.variableDefinitions ?? [])
      .filter(({ type }) => nameOf(type) === 'JSON')
      .map(({ variable }) => variable.name.value),
  );
  const entries = Object.entries(variables);
  return Object.fromEntries(entries.map(([name, value]) => [name, exact.has(name) ? value : rounded(value)]));
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}
