import { BoundedCache } from '../bounded-cache.ts';

/** An answer that its source gave a validator for. */
export interface KeptAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Headers = Readonly<Record<string, string>>;

const MAX_ENTRIES = 2_000;
const MAX_BYTES = 32 * 1024 * 1024;
/** What the client sends of its own accord; a caller that does it too judges the answer itself. */
const CONDITIONS = ['if-none-match', 'if-modified-since', 'range'] as const;

/**
 * Answers that need not be sent again as long as they hold: where the source names an ETag or a time of change, the next
 * request asks whether that has changed. Bounded; the least recently used go first.
 */
export class AnswerCache {
  readonly #kept = new BoundedCache<KeptAnswer>({
    maxEntries: MAX_ENTRIES,
    maxBytes: MAX_BYTES,
    sizeOf: ({ body, headers }, key) => body.length + 2 * key.length + JSON.stringify(headers).length,
  });

  /** What names an answer, all that it may depend on included; null where it is none of this cache's business. */
  keyOf(method: string, url: URL, headers: Headers): string | null {
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    if (method !== 'GET' || CONDITIONS.some((name) => names.includes(name))) return null;
    return JSON.stringify([url.href, Object.entries(headers).sort()]);
  }

  get(key: string): KeptAnswer | undefined {
    return this.#kept.get(key);
  }

  /** The headers by which the source is asked whether a kept answer still holds. */
  conditions(kept: KeptAnswer | undefined): Headers {
    const { etag, 'last-modified': changed } = kept?.headers ?? {};
    return {
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
      ...(changed === undefined ? {} : { 'if-modified-since': changed }),
    };
  }

  keep(key: string, status: number, headers: Headers, body: Buffer): void {
    const hasValidator = headers.etag !== undefined || headers['last-modified'] !== undefined;
    const isKept = status === 200 && hasValidator && !/\bno-store\b/i.test(headers['cache-control'] ?? '');
    if (isKept) this.#kept.set(key, { headers, body });
    else this.#kept.delete(key);
  }
}
