import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, OperationTypeNode, visit } from 'graphql';
import { documentShape } from './document-shape.ts';

/** Fields, counted again where a fragment is spread again: the generated code is as long. */
const MAX_FIELDS = 1_000;

/** Whether graphql-jit executes an operation at a reasonable price. */
export function isCompilable(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  return operation.operation === OperationTypeNode.QUERY && documentShape(document).of(operation).fields <= MAX_FIELDS;
}

/**
 * graphql-jit names what it knows of a field by the response names on the way to it, joined by `_`: an alias `a_b` is
 * taken for `b` below `a`. Such documents are left to graphql-js, as are introspection and an alias `__proto__`.
 * @param document without conditions
 */
export function hasPlainNames(schema: GraphQLSchema, document: DocumentNode): boolean {
  const names = new Set<string>();
  let introspects = false;
  visit(document, {
    Field(node) {
      introspects ||= node.name.value === '__schema' || node.name.value === '__type';
      names.add(node.alias?.value ?? node.name.value);
    },
  });
  if (introspects || names.has('__proto__')) return false;
  const isTaken = (name: string) => names.has(name) || schema.getType(name) !== undefined || /^idx\d+$/.test(name);
  for (const name of names) {
    if (schema.getType(name) !== undefined || /^idx\d+$/.test(name)) return false;
    for (let at = name.indexOf('_'); at !== -1; at = name.indexOf('_', at + 1)) {
      if (isTaken(name.slice(0, at))) return false;
    }
  }
  return true;
}
