import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { expect, it } from 'vitest';
import { fieldAtPath } from '../../../gateway/graphql/execute.ts';

const { definitions } = parse(`
  query Q { node(id: 1) { ... on Build { mine: tests { ...Page } } ... on Test { mine: incidents { nodes { id } } } ...Loop } }
  fragment Page on TestConnection { nodes { boot: build { id } } }
  fragment Loop on Build { ...Loop }
`);
const operation = definitions.find((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION);
const fragments = new Map(
  definitions
    .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
    .map((one) => [one.name.value, one]),
);

it.each([
  [['node'], 'node'],
  [['node', 'mine'], 'tests'],
  [['node', 'mine', 'nodes', 3, 'boot'], 'build'],
  [['node', 'nothing'], null],
])('the field at %j is %s', (path, name) => {
  if (operation === undefined) throw new Error('There is no operation.');
  expect(fieldAtPath(operation, fragments, path)).toBe(name);
});
