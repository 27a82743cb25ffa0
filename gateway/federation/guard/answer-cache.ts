import { LRUCache } from 'lru-cache';
import type { SourceError } from '../../../adapters/errors.ts';
import { answerSize } from './answer-size.ts';

export interface AnswerCacheSettings {
  /** Milliseconds an answer is kept; 0: not at all. */
  readonly cacheTtl: number;
  /** Milliseconds for which an old answer serves when the source fails. */
  readonly staleIfError: number;
}

/** An answer with what the source said of it. */
export interface KeptAnswer {
  readonly answer: unknown;
  /** Faults of single records: whoever is shown the answer is told of them too. */
  readonly warnings: readonly SourceError[];
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
}

const MAX_ANSWERS = 20_000;
/** Bytes of all answers of one source, roughly, and of one of them. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_ANSWER_BYTES = MAX_BYTES / 8;

/** Keeps answers of one source: as long as they are good, and for when it fails. */
export class AnswerCache {
  readonly #settings: AnswerCacheSettings;
  readonly #answers = new LRUCache<string, KeptAnswer>({
    max: MAX_ANSWERS,
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_ANSWER_BYTES,
    sizeCalculation: ({ answer }, key) => answerSize(answer, MAX_ANSWER_BYTES) + key.length * 2,
  });

  constructor(settings: AnswerCacheSettings) {
    this.#settings = settings;
  }

  get isOff(): boolean {
    return this.#settings.cacheTtl === 0 && this.#settings.staleIfError === 0;
  }

  /**
   * An answer that is as good as a new one.
   * @param freshness milliseconds for which the source itself says that it is, where that is longer
   */
  fresh(key: string, freshness: number): KeptAnswer | undefined {
    const { cacheTtl } = this.#settings;
    return cacheTtl === 0 ? undefined : this.#youngerThan(key, Math.max(cacheTtl, freshness));
  }

  stale(key: string): KeptAnswer | undefined {
    return this.#youngerThan(key, this.#settings.staleIfError);
  }

  keep(key: string, answer: unknown, warnings: readonly SourceError[]): void {
    if (!this.isOff) this.#answers.set(key, { answer, warnings, at: performance.now() });
  }

  #youngerThan(key: string, age: number): KeptAnswer | undefined {
    const kept = this.#answers.get(key);
    return kept !== undefined && performance.now() - kept.at < age ? kept : undefined;
  }
}
