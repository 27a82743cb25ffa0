import type { Logger } from '../../adapters/adapter.ts';
import type { SubmissionDoor } from '../submission/submission-door.ts';
import type { Registry } from './registry.ts';
import type { SourceReport } from './source-report.ts';

/** What belongs to one GraphQL request; the resolvers find it as their context. */
export interface RequestContext {
  /** Aborts when the client has gone or the deadline is over. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly log: Logger;
  readonly registry: Registry;
  /** Which sources were asked, what they answered, and what went wrong at which path. */
  readonly report: SourceReport;
  readonly submission: SubmissionDoor;
  /** The token of the Authorization header without `Bearer `; null without one. */
  readonly token: string | null;
}
