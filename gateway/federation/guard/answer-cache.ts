import { LRUCache } from 'lru-cache';
import type { SourceError } from '../../../adapters/errors.ts';
import { answerSize } from './answer-size.ts';
import { type Mention, SeenObjects } from './seen-objects.ts';

export interface AnswerCacheSettings {
  /** Milliseconds an answer is kept; 0: not at all. */
  readonly cacheTtl: number;
  /** Milliseconds for which an old answer serves when the source fails. */
  readonly staleIfError: number;
}

/** How old an answer may be. */
export interface Freshness {
  /** Milliseconds for which the source says that its answers are good; 0: it does not say. */
  readonly source: number;
  /** Milliseconds that the request allows; undefined: it does not say. */
  readonly request: number | undefined;
}

/** What an answer says, and of what it depends. */
export interface AnswerContent {
  /** Objects that it shows, and keys of which it says that there is nothing. */
  readonly mentions: readonly Mention[];
  /** It says that something that was asked for is not there. */
  readonly isNo: boolean;
  /** It counts or filters, so that any object may have a part in it. */
  readonly isDerived: boolean;
}

/** An answer with what the source said of it. */
export interface KeptAnswer {
  readonly answer: unknown;
  /** Faults of single records: every caller that is shown the answer is told of them too. */
  readonly warnings: readonly SourceError[];
  /** When the source was asked, in milliseconds of the monotonic clock. */
  readonly at: number;
}

interface Entry extends KeptAnswer {
  readonly content: Omit<AnswerContent, 'mentions'> & { readonly names: readonly string[] };
  /** The adapter itself keeps it, and is asked: this copy is for when it fails. */
  readonly isAdapters: boolean;
}

const MAX_ANSWERS = 20_000;
/** Bytes of all answers of one source, roughly, and of one of them. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_ANSWER_BYTES = MAX_BYTES / 8;
/** An answer that something is not there is kept no longer: what was reported a moment ago must show. */
const MAX_NO_MS = 10_000;

/**
 * Keeps answers of one source: as long as they are good, and for when it fails. All answers tell the same of one object:
 * where a later one says something else, those from before no longer count as good.
 */
export class AnswerCache {
  readonly #settings: AnswerCacheSettings;
  readonly #seen = new SeenObjects();
  readonly #answers = new LRUCache<string, Entry>({
    max: MAX_ANSWERS,
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_ANSWER_BYTES,
    sizeCalculation: ({ answer }, key) => answerSize(answer, MAX_ANSWER_BYTES) + key.length * 2,
  });

  constructor(settings: AnswerCacheSettings) {
    this.#settings = settings;
  }

  /** An answer that is as good as a new one. */
  fresh(key: string, { source, request }: Freshness): KeptAnswer | undefined {
    const kept = this.#answers.get(key);
    if (kept === undefined || kept.isAdapters) return undefined;
    const { isNo, names, isDerived } = kept.content;
    const { cacheTtl } = this.#settings;
    const limit = Math.min(cacheTtl, source === 0 ? cacheTtl : source, isNo ? MAX_NO_MS : cacheTtl);
    if (ageOf(kept) >= Math.min(limit, request ?? limit)) return undefined;
    if (this.#seen.haveChanged(names, kept.at) || (isDerived && this.#seen.changedAt > kept.at)) return undefined;
    return kept;
  }

  /** An answer for when the source fails; @param request milliseconds that it may be old, where the request says so */
  stale(key: string, request: number | undefined): KeptAnswer | undefined {
    const kept = this.#answers.get(key);
    const limit = Math.min(this.#settings.staleIfError, request ?? Number.POSITIVE_INFINITY);
    return kept !== undefined && ageOf(kept) < limit ? kept : undefined;
  }

  /** @param isAdapters whether the adapter itself keeps it, so that it is shown only where the adapter fails */
  keep(key: string, kept: KeptAnswer, { mentions, ...content }: AnswerContent, isAdapters: boolean): void {
    const { cacheTtl, staleIfError } = this.#settings;
    if (cacheTtl === 0 && staleIfError === 0) return;
    if (cacheTtl > 0) this.#seen.note(mentions, kept.at);
    this.#answers.set(key, { ...kept, content: { ...content, names: mentions.map(({ name }) => name) }, isAdapters });
  }
}

/** Milliseconds since the source was asked. */
export function ageOf({ at }: KeptAnswer): number {
  return performance.now() - at;
}
