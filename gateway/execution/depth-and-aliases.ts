import type { GraphQLError } from 'graphql';
import type { Shape } from './document-shape.ts';
import { limitExceeded } from './limit-exceeded.ts';
import { INTROSPECTION_DEPTH, type Limits } from './limits.ts';

/** What of the limits an operation exceeds by its text alone; null where nothing. */
export function checkShape(shape: Shape, limits: Limits): GraphQLError | null {
  if (shape.depth > limits.depth) {
    return limitExceeded(`The query is ${shape.depth} levels of fields deep; the limit is ${limits.depth}.`);
  }
  if (shape.introspectionDepth > INTROSPECTION_DEPTH) {
    return limitExceeded(
      `The introspection query is ${shape.introspectionDepth} levels of fields deep; the limit is ${INTROSPECTION_DEPTH}.`,
    );
  }
  if (shape.aliases > limits.aliases) {
    return limitExceeded(
      `The query has ${shape.aliases} aliases, counted again wherever a fragment is spread; the limit is ${limits.aliases}.`,
    );
  }
  return null;
}
