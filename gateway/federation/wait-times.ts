/** How long the gateway waits for what, in milliseconds, beside what is configured (a source's `timeout`, the `deadline`). */
export const WAIT_MS = {
  /** One request, at each source, for reads that are only good to have: other sources gave the object already. */
  optionalReads: 3_000,
  /** Longer than a source's time-out, so that the guard, which knows more of the fault, ends a call first. */
  behindTheGuard: 50,
  /** A source, to show that it is there after a call met its time-out. */
  probe: 2_000,
  /** A source, to say how it is for /ready. */
  health: 3_000,
  /** Beyond the deadline, to put together what the sources gave until then. */
  afterDeadline: 500,
} as const;
