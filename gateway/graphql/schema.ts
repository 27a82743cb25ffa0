import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLFieldResolver, GraphQLScalarType, GraphQLSchema } from 'graphql';
import type { RequestContext } from '../federation/request.ts';
import { batchToFieldResolver } from './batch.ts';
import type { Executor } from './executor.ts';
import { JitExecutor, type OnExecuted } from './jit-executor.ts';
import type { BatchResolver } from './resolvers/batch-resolver.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { scalars } from './resolvers/scalars.ts';

/** Batch resolvers by type and field, whatever their parents, arguments and values are. */
export type BatchResolverMap = {
  readonly [type: string]: { readonly [field: string]: BatchResolver<never, never, unknown> };
};

export interface SchemaParts {
  /** The schema's text; kcigraph's own where absent. */
  readonly typeDefs?: string;
  readonly resolvers: BatchResolverMap;
  readonly scalars: readonly GraphQLScalarType[];
}

export const SCHEMA_TEXT = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');

/**
 * The executable schema. Objects of an interface or a union name their type in `__typename`. A resolver of a field that
 * the schema does not have is an error.
 */
export function buildSchema({ typeDefs = SCHEMA_TEXT, resolvers, scalars }: SchemaParts): GraphQLSchema {
  const fields: Record<string, Record<string, GraphQLFieldResolver<never, RequestContext, never>>> = {};
  for (const [type, batchResolvers] of Object.entries(resolvers)) {
    const ofType: (typeof fields)[string] = {};
    for (const [field, resolver] of Object.entries(batchResolvers)) ofType[field] = batchToFieldResolver(resolver);
    fields[type] = ofType;
  }
  return makeExecutableSchema({
    typeDefs,
    // What the schema's text says of a scalar stays: its description, and where it is specified.
    resolvers: [
      fields,
      Object.fromEntries(
        scalars.map(({ name, serialize, parseValue, parseLiteral }) => [name, { serialize, parseValue, parseLiteral }]),
      ),
    ],
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
}

/** Executes kcigraph's own schema. */
export function createExecutor({ onExecuted }: { readonly onExecuted?: OnExecuted } = {}): Executor {
  return new JitExecutor(buildSchema({ resolvers, scalars }), onExecuted);
}
