import { Stopped } from './stopped.ts';
import type { ConformanceOptions } from './subject.ts';

/** How much may still be asked. Each behaviour gets a share, so that the last ones are judged too. */
export class Budget {
  readonly callMs: number;
  readonly sampleSize: number;
  #calls: number;
  #share = 0;
  #shareUntil = 0;
  readonly #until: number;

  constructor(options: ConformanceOptions, isKnown: boolean) {
    this.callMs = options.callMs ?? 30_000;
    this.sampleSize = options.sampleSize ?? 150;
    this.#calls = options.maxCalls ?? (isKnown ? 20_000 : 1000);
    this.#until = Date.now() + (options.maxMs ?? 600_000);
  }

  /** Opens the share of one of the behaviours that are left: twice an even part, since most need less. */
  open(behavioursLeft: number): void {
    this.#share = Math.ceil((2 * this.#calls) / behavioursLeft);
    this.#shareUntil = Math.min(this.#until, Date.now() + (2 * (this.#until - Date.now())) / behavioursLeft);
  }

  /** Calls that the open share still allows. */
  get left(): number {
    return Date.now() >= this.#shareUntil ? 0 : Math.min(this.#share, this.#calls);
  }

  take(): void {
    if (Date.now() >= this.#shareUntil) throw new Stopped('The time for the suite was used up.');
    if (this.left <= 0) throw new Stopped('The calls that the suite may make were used up.');
    this.#calls -= 1;
    this.#share -= 1;
  }
}
