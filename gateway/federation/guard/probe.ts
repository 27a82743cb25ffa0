import type { Adapter, Call, Logger } from '../../../adapters/adapter.ts';
import { SourceError } from '../../../adapters/errors.ts';
import { withinDeadline } from './deadline.ts';
import { sourceFault } from './source-fault.ts';

/** Whether a source is there; `unknown` where it could not be asked, since it rests or the gateway's own budget is spent. */
export type ProbeOutcome = 'there' | 'absent' | 'unknown';

const NO_FIELDS: ReadonlySet<string> = new Set();

/** Asks a source for its health where a call met its time-out. Those that want to know at the same time share one probe. */
export class SourceProbe {
  readonly #adapter: Pick<Adapter, 'health'>;
  readonly #source: string;
  readonly #timeout: number;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #underWay: Promise<ProbeOutcome> | null = null;

  /** @param timeout milliseconds in which the source has to answer */
  constructor(adapter: Pick<Adapter, 'health'>, source: string, timeout: number, log: Logger) {
    this.#adapter = adapter;
    this.#source = source;
    this.#timeout = timeout;
    this.#log = log;
  }

  /** Never rejects. */
  ask(): Promise<ProbeOutcome> {
    this.#underWay ??= this.#ask().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#underWay;
  }

  async #ask(): Promise<ProbeOutcome> {
    const { signal } = this.#stopping;
    const waiting = { signal, deadline: Date.now() + this.#timeout };
    const call: Omit<Call, 'signal' | 'deadline'> = {
      fields: NO_FIELDS,
      log: this.#log,
      isProbe: true,
      warn: () => {},
    };
    try {
      const health = await withinDeadline(waiting, this.#timeout, (wait) => this.#adapter.health({ ...call, ...wait }));
      return health.ok ? 'there' : 'absent';
    } catch (cause) {
      const error = cause instanceof SourceError ? cause : sourceFault(cause, this.#source, 'health', this.#log);
      if (signal.aborted || error.origin === 'gateway' || error.code === 'SOURCE_RATE_LIMITED') return 'unknown';
      return 'absent';
    }
  }
}
