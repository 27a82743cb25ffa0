import { GraphQLError } from 'graphql';
import type { SourceError, SourceErrorCode } from '../../adapters/errors.ts';

type Path = readonly (string | number)[];

/** What `extensions.sources` says of one source. */
export interface SourceUsage {
  /** Calls that the source was asked in this request. */
  requests: number;
  /** Objects and counts that it gave. */
  items: number;
  /** Milliseconds, added up over all calls. */
  ms: number;
  /** Answers that came from the cache and asked nothing of the source. */
  cacheHits: number;
  /** Milliseconds since the oldest of what was kept and used was read from the source; 0 where all is new. */
  ageMs: number;
  /** Records that could not be understood, as a whole or in a field. */
  refused: number;
  state: string;
}

export interface ReportedError {
  readonly code: SourceErrorCode;
  readonly source: string;
  readonly message: string;
  readonly path: Path | null;
  readonly retryAfterMs: number | null;
}

/** What a single answer may carry; a broken source has a fault in every record. */
const MAX_ENTRIES = 200;
const WARNINGS: ReadonlySet<SourceErrorCode> = new Set(['SOURCE_STALE', 'SOURCE_TRUNCATED']);

/** Gathers, over one request, what happened at which source: the answer's `errors` and `extensions` are made from it. */
export class SourceReport {
  readonly errors: ReportedError[] = [];
  readonly warnings: ReportedError[] = [];
  readonly usage = new Map<string, SourceUsage>();
  /** Sources that lack the capability, and so were not asked. */
  readonly skipped = new Set<string>();
  /** Faults that were too many to be told, by source. */
  readonly untold = new Map<string, number>();
  readonly #seen = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #failures = new Map<SourceError | string, Set<string>>();
  readonly #failedAt = new Set<string>();

  /** What the source has been asked so far, to be added to. */
  usageOf(source: string): SourceUsage {
    const known = this.usage.get(source);
    if (known !== undefined) return known;
    const usage: SourceUsage = { requests: 0, items: 0, ms: 0, cacheHits: 0, ageMs: 0, refused: 0, state: 'UP' };
    this.usage.set(source, usage);
    return usage;
  }

  /**
   * A source failed at a field. One failed call serves many parents: the same error is told once a field, at the first
   * parent that met it. A field may ask a source several times: the first failure tells enough of a place.
   */
  fail(source: string, error: SourceError, path: Path): void {
    const field = path.filter((key) => typeof key === 'string').join('.');
    // What was left out is so for one reason, whichever objects it was.
    const failure = WARNINGS.has(error.code) ? `${source} ${error.code} ${error.message}` : error;
    const fields = this.#failures.get(failure) ?? new Set();
    if (fields.has(field)) return;
    this.#failures.set(failure, fields.add(field));
    if (error.id === null) {
      const place = JSON.stringify([source, error.code === 'SOURCE_UNSUPPORTED', path]);
      if (this.#failedAt.has(place)) return;
      this.#failedAt.add(place);
    }
    this.add(source, error, path);
  }

  /** The fault of one record, or a bound that cut the answer: a warning or an error, as its code says. */
  add(source: string, error: SourceError, path: Path | null): void {
    this.#countRefused(source, error);
    const list = WARNINGS.has(error.code) ? this.warnings : this.errors;
    const key = JSON.stringify([source, error.code, error.message, path]);
    if (this.#seen.has(key)) return;
    if (list.length >= MAX_ENTRIES) {
      this.untold.set(source, (this.untold.get(source) ?? 0) + 1);
      return;
    }
    this.#seen.add(key);
    const { code, message, retryAfterMs } = error;
    list.push({ code, source, message, path, retryAfterMs });
  }

  /** Each record once, however many of its fields are at fault and however often it was asked for. */
  #countRefused(source: string, { code, id }: SourceError): void {
    const record = JSON.stringify([source, id]);
    if (code !== 'SOURCE_BAD_DATA' || id === null || this.#refused.has(record)) return;
    this.#refused.add(record);
    this.usageOf(source).refused += 1;
  }
}

/** What the answer carries of it. */
export interface RenderedReport {
  readonly errors: readonly GraphQLError[];
  readonly extensions: {
    /** By name: a {@link SourceUsage}, or `{ skipped: true }`. */
    readonly sources: Readonly<Record<string, SourceUsage | { readonly skipped: true }>>;
    /** In the form of errors; absent without any. */
    readonly warnings?: readonly Readonly<Record<string, unknown>>[];
  };
}

/** The report as entries of `errors[]`, `extensions.sources` and `extensions.warnings`. */
export function renderReport(report: SourceReport): RenderedReport {
  const sources: Record<string, SourceUsage | { readonly skipped: true }> = {};
  for (const [name, usage] of report.usage) sources[name] = { ...usage, ms: Math.round(usage.ms * 1000) / 1000 };
  for (const name of report.skipped) sources[name] ??= { skipped: true };
  const errors = report.errors.map(
    ({ message, path, ...rest }) => new GraphQLError(message, { path, extensions: extensionsOf(rest) }),
  );
  const told = [...report.warnings, ...[...report.untold].map(untoldWarning)];
  if (told.length === 0) return { errors, extensions: { sources } };
  const warnings = told.map(({ message, path, ...rest }) => ({
    message,
    ...(path === null ? {} : { path }),
    extensions: extensionsOf(rest),
  }));
  return { errors, extensions: { sources, warnings } };
}

function extensionsOf({ code, source, retryAfterMs }: Omit<ReportedError, 'message' | 'path'>) {
  return { code, source, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
}

function untoldWarning([source, count]: readonly [string, number]): ReportedError {
  const message = `There were ${count} more faults like these, which are not listed.`;
  return { code: 'SOURCE_TRUNCATED', source, message, path: null, retryAfterMs: null };
}
