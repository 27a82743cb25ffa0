import { LRUCache } from 'lru-cache';
import { SourceError } from '../../../adapters/errors.ts';

export interface AnswerCacheSettings {
  /** Milliseconds an answer is kept; 0: not at all. */
  readonly cacheTtl: number;
  /** Milliseconds for which an old answer serves when the source fails. */
  readonly staleIfError: number;
}

interface Kept {
  readonly answer: object;
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
}

const MAX_ANSWERS = 2_000;

/** Keeps whole answers of one source: as long as they are good, and for when it fails. */
export class AnswerCache {
  readonly #settings: AnswerCacheSettings;
  readonly #answers = new LRUCache<string, Kept>({ max: MAX_ANSWERS });

  constructor(settings: AnswerCacheSettings) {
    this.#settings = settings;
  }

  get isOff(): boolean {
    return this.#settings.cacheTtl === 0 && this.#settings.staleIfError === 0;
  }

  fresh(key: string): object | undefined {
    return this.#youngerThan(key, this.#settings.cacheTtl);
  }

  stale(key: string): object | undefined {
    return this.#youngerThan(key, this.#settings.staleIfError);
  }

  keep(key: string, answer: object): void {
    if (isComplete(answer)) this.#answers.set(key, { answer, at: performance.now() });
  }

  #youngerThan(key: string, age: number): object | undefined {
    const kept = this.#answers.get(key);
    return kept !== undefined && performance.now() - kept.at < age ? kept.answer : undefined;
  }
}

/** A failed key, or a list that says "not now", is asked for again. */
function isComplete(answer: object): boolean {
  if (answer instanceof Map) return [...answer.values()].every((value) => !(value instanceof SourceError));
  return !('items' in answer && 'hasMore' in answer && answer.hasMore === true && Object(answer.items).length === 0);
}
