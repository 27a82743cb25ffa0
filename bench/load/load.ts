/** A request as text, and what its answer must begin with. */
export interface Question {
  readonly request: string;
  readonly expected: string;
}

/** Clients that each wait for an answer before they ask again. */
export interface ClosedLoop {
  readonly loop: 'closed';
  readonly clients: number;
  /** Milliseconds that a client waits after a 503. */
  readonly restAfterRefusal: number;
}

/** Requests that arrive by the clock, whatever became of those before. */
export interface OpenLoop {
  readonly loop: 'open';
  /** Requests a second. */
  readonly rate: number;
  /** Connections at most; a request that finds none free waits, and its time counts from when it was due. */
  readonly connections: number;
}

export type Load = (ClosedLoop | OpenLoop) & {
  /** Milliseconds that are not counted, and those that are. */
  readonly warmUp: number;
  readonly duration: number;
};

/** Milliseconds. */
export interface Times {
  readonly p50: number;
  readonly p99: number;
}

/** What a load met with while it was counted. */
export interface LoadResult {
  /** Requests a second that were asked for, answered rightly, and refused by 503 with Retry-After. */
  readonly asked: number;
  readonly good: number;
  readonly refused: number;
  /** Everything else, by what it was: there should be none. */
  readonly wrong: Readonly<Record<string, number>>;
  /** From when a request was due to its last byte. */
  readonly goodTimes: Times;
  readonly refusedTimes: Times;
  /** Share of one processor that the generator took. */
  readonly generatorCpu: number;
}
