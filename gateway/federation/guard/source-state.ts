export type SourceStateName = 'UP' | 'DEGRADED' | 'DOWN';

/** How a source is, as its last answers tell. */
export interface SourceState {
  readonly name: SourceStateName;
  /** Since when; RFC 3339 with microseconds. */
  readonly since: string;
  /** Milliseconds of its last answer; null before the first. */
  readonly latency: number | null;
  /** One sentence on the last failure; null while all is well. */
  readonly detail: string | null;
}

/** What is told of each call to a source. */
export interface SourceMetrics {
  /** A call ended. `code` is null where it was answered; `keys` is how many keys or parents it asked for. */
  called(source: string, call: string, ms: number, code: string | null, keys: number): void;
  /** A call was refused by the guard itself: the breaker is open, or the source rests. */
  refused(source: string, code: string): void;
  /** An answer came from the cache. */
  cacheHit(source: string): void;
  /** An upstream request ended, after waiting for its permit. `code` is null where it was answered. */
  requested(source: string, waitedMs: number, ms: number, code: string | null): void;
  /** An upstream request is tried once more. */
  retried(source: string): void;
}

/** DEGRADED from the first failure on, DOWN while the breaker is open, UP after a success. */
export class SourceStateTracker implements SourceState {
  name: SourceStateName = 'UP';
  since = now();
  latency: number | null = null;
  detail: string | null = null;

  succeeded(ms: number): void {
    this.latency = Math.round(ms * 1000) / 1000;
    this.#become('UP', null);
  }

  failed(detail: string, isOpen: boolean): void {
    this.#become(isOpen ? 'DOWN' : 'DEGRADED', detail);
  }

  #become(name: SourceStateName, detail: string | null): void {
    if (name !== this.name) this.since = now();
    this.name = name;
    this.detail = detail;
  }
}

function now(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
