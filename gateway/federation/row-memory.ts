import type { Call, MemoryShare } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import { ByteBudgetError, type ByteShare } from './byte-budget.ts';
import { answerSize } from './guard/answer-size.ts';

/** What one call to a source adds to the memory of its request. */
export class RowMemory implements MemoryShare {
  readonly #share: ByteShare;
  #isCounted = false;

  constructor(share: ByteShare) {
    this.#share = share;
  }

  /** @throws {SourceError} where the request gets no more memory */
  check(): void {
    if (this.#share.failure !== null) throw noMemory(this.#share.failure);
  }

  takeRows(bytes: number, wait: Pick<Call, 'signal' | 'deadline'>): Promise<void> | null {
    this.#isCounted = true;
    return this.#share.takeRows(bytes, wait);
  }

  /**
   * Takes what an answer needs that its adapter did not count while it came.
   * @returns null where that is free at once; else it rejects with a SourceError where it does not become free in time
   */
  estimate(answer: unknown, wait: Pick<Call, 'signal' | 'deadline'>): Promise<void> | null {
    if (this.#isCounted) return null;
    const taken = this.#share.takeRows(answerSize(answer, Number.POSITIVE_INFINITY), wait);
    if (taken === null) return null;
    return taken.catch((error: unknown) => {
      throw error instanceof ByteBudgetError ? noMemory(error) : error;
    });
  }
}

/** The request is answered with LIMIT_EXCEEDED as a whole; until then this ends what is under way. */
function noMemory(cause: ByteBudgetError): SourceError {
  return new SourceError('SOURCE_UNAVAILABLE', cause.message, { origin: 'gateway', cause });
}
