/**
 * What a source can fail with. The message is a whole sentence for the person who asked: it names what was asked, and
 * never a host, a port, a path, a statement or a credential (those go to `cause`, which only the log shows).
 */
export const SOURCE_ERROR_CODES = [
  /** No answer within the source's time. */
  'SOURCE_TIMEOUT',
  /** Not reachable, or it answered that it is out of order. */
  'SOURCE_UNAVAILABLE',
  /** It asked for fewer requests; `retryAfterMs` says for how long. */
  'SOURCE_RATE_LIMITED',
  /** It answered, and a record or the whole could not be understood. */
  'SOURCE_BAD_DATA',
  /** It cannot answer this filter, order or relation at all. */
  'SOURCE_UNSUPPORTED',
  /** A warning: served from a cache, since the source failed. */
  'SOURCE_STALE',
  /** A warning: a bound cut the answer. */
  'SOURCE_TRUNCATED',
] as const;
export type SourceErrorCode = (typeof SOURCE_ERROR_CODES)[number];

export interface SourceErrorOptions {
  /** Milliseconds after which another try makes sense, where the source said so. */
  readonly retryAfterMs?: number;
  /** The id of the record that could not be understood. */
  readonly id?: string;
  /** `gateway` where it says nothing of how the source is: a full queue, a spent budget, a question that was too large. */
  readonly origin?: SourceErrorOrigin;
  /** False where the next try can only fail in the same way (wrong credentials, a wrong address). */
  readonly isRetryable?: boolean;
  /** What lies behind it; shown in the log only. */
  readonly cause?: unknown;
}

/** Which side failed. What is the gateway's own never counts against the source. */
export type SourceErrorOrigin = 'source' | 'gateway';

export class SourceError extends Error {
  readonly code: SourceErrorCode;
  readonly retryAfterMs: number | null;
  readonly id: string | null;
  readonly origin: SourceErrorOrigin;
  /** Whether the same read can succeed when it is sent once more at once: the source was not there, and named no time to wait. */
  readonly isRetryable: boolean;

  constructor(code: SourceErrorCode, message: string, options: SourceErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'SourceError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.id = options.id ?? null;
    this.origin = options.origin ?? 'source';
    this.isRetryable =
      code === 'SOURCE_UNAVAILABLE' &&
      this.origin === 'source' &&
      this.retryAfterMs === null &&
      (options.isRetryable ?? true);
  }
}

/** Whether the gateway's own budget of requests left no room before the deadline: the source was not asked. */
export function isOverRate(error: unknown): error is SourceError {
  return error instanceof SourceError && error.code === 'SOURCE_RATE_LIMITED' && error.origin === 'gateway';
}
