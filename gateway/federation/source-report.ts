import type { SourceErrorCode } from '../../adapters/errors.ts';

/** What `extensions.sources` says of one source. */
export interface SourceUsage {
  requests: number;
  items: number;
  ms: number;
  cacheHits: number;
  state: string;
}

export interface ReportedError {
  readonly code: SourceErrorCode;
  readonly source: string;
  readonly message: string;
  readonly path: readonly (string | number)[] | null;
  readonly retryAfterMs: number | null;
}

/** Gathers, over one request, what happened at which source: the answer's `errors` and `extensions` are made from it. */
export class SourceReport {
  readonly errors: ReportedError[] = [];
  readonly warnings: ReportedError[] = [];
  readonly usage = new Map<string, SourceUsage>();
  /** Sources that lack the capability, and so were not asked. */
  readonly skipped = new Set<string>();
}
