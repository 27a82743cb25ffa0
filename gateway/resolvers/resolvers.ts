import type { BatchResolver } from './batch-resolver.ts';
import { build } from './build.ts';
import { checkout } from './checkout.ts';
import { incident } from './incident.ts';
import { issue } from './issue.ts';
import { mutation } from './mutation.ts';
import { query } from './query.ts';
import { revision } from './revision.ts';
import { test } from './test.ts';

/** The batch resolvers by type and field. All fields that are not here are plain properties of the objects. */
export const resolvers: {
  readonly [type: string]: { readonly [field: string]: BatchResolver<never, never, unknown> };
} = {
  Query: query,
  Mutation: mutation,
  Revision: revision,
  Checkout: checkout,
  Build: build,
  Test: test,
  Issue: issue,
  Incident: incident,
};
