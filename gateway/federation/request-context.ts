import type { Logger } from '../../adapters/adapter.ts';
import type { StatusCounts } from '../../adapters/model.ts';
import type { SubmissionDoor } from '../submission/submission-door.ts';
import { ReadBudget } from './budget.ts';
import type { ByteShare } from './byte-budget.ts';
import { Loaders } from './loaders.ts';
import type { Registry } from './registry.ts';
import { SlicedWork } from './sliced-work.ts';
import { SourceReport } from './source-report.ts';

/** What belongs to one GraphQL request; the resolvers find it as their context. */
export interface RequestContext {
  /** Aborts when the client has gone or the deadline is over; a submission has no deadline. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly log: Logger;
  readonly registry: Registry;
  /** Which sources were asked, what they answered, and what went wrong at which path. */
  readonly report: SourceReport;
  /** By which work that grows with the rows gives way to other requests. */
  readonly work: SlicedWork;
  /** Every call to a source goes through these, so that calls are shared within the request. */
  readonly loaders: Loaders;
  /** What may still be read, over the whole request, only to be counted. */
  readonly countable: ReadBudget;
  /** Counts by what is counted, so that fields that show the same count it once. */
  readonly counts: Map<string, Promise<StatusCounts | null>>;
  readonly submission: SubmissionDoor;
  /** The token of the Authorization header without `Bearer `; null without one. */
  readonly token: string | null;
}

export interface RequestContextOptions {
  readonly signal: AbortSignal;
  /** Aborts when nobody waits for the answer any more, be it whole or not; never where it is left out. */
  readonly over?: AbortSignal;
  readonly deadline: number;
  readonly log: Logger;
  readonly registry: Registry;
  readonly submission: SubmissionDoor;
  readonly token: string | null;
  /** What the request holds in memory. */
  readonly memory: ByteShare;
  /** Milliseconds that a kept answer may be old for this client; null: as the configuration says. */
  readonly maxAgeMs?: number | null;
}

const MAX_COUNTED = 20_000;

/** The context of a new request. */
export function createRequestContext(options: RequestContextOptions): RequestContext {
  const report = new SourceReport();
  const work = new SlicedWork(options.over ?? new AbortController().signal);
  return {
    ...options,
    report,
    work,
    countable: new ReadBudget(MAX_COUNTED),
    counts: new Map(),
    loaders: new Loaders({
      ...options,
      maxAgeMs: options.maxAgeMs ?? null,
      report,
      work,
      isShared: options.registry.sources.length > 1,
    }),
  };
}
