import type { Connection } from '../../federation/list/connection.ts';
import type { Shown } from '../../federation/merge.ts';
import type { ShownRevision } from '../../federation/revisions.ts';
import type { BatchResolvers, ObjectTypes } from '../../generated/batch-resolvers.ts';
import { build } from './build.ts';
import { checkout } from './checkout.ts';
import { incident } from './incident.ts';
import { issue } from './issue.ts';
import { mutation } from './mutation.ts';
import { query } from './query.ts';
import { revision } from './revision.ts';
import type { ShownSource } from './source.ts';
import { test } from './test.ts';

interface Shapes extends ObjectTypes {
  readonly Revision: ShownRevision;
  readonly Checkout: Shown<'checkout'>;
  readonly Build: Shown<'build'>;
  readonly Test: Shown<'test'>;
  readonly Issue: Shown<'issue'>;
  readonly Incident: Shown<'incident'>;
  readonly Source: ShownSource;
  readonly RevisionConnection: Connection<ShownRevision>;
  readonly CheckoutConnection: Connection<Shown<'checkout'>>;
  readonly BuildConnection: Connection<Shown<'build'>>;
  readonly TestConnection: Connection<Shown<'test'>>;
  readonly IssueConnection: Connection<Shown<'issue'>>;
  readonly IncidentConnection: Connection<Shown<'incident'>>;
}

/** The batch resolvers by type and field. All fields that are not here are plain properties of the objects. */
export const resolvers = {
  Query: query,
  Mutation: mutation,
  Revision: revision,
  Checkout: checkout,
  Build: build,
  Test: test,
  Issue: issue,
  Incident: incident,
} satisfies BatchResolvers<Shapes>;
