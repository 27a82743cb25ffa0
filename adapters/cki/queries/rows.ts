import { type Call, type EntityName, type Json, SourceError } from '../../kit/author.ts';
import type { MaxAge } from '../../kit/cache.ts';
import { SingleFlight } from '../../kit/single-flight.ts';
import { type CkiClient, isRaw, type PathName, type Raw, type RowsPage } from '../client.ts';
import { type Learnt, type LearntList, nameless } from '../record-store.ts';
import type { Subject } from '../translate.ts';

/** A list of the DataWarehouse. */
export interface RowList {
  readonly entity: EntityName;
  readonly path: PathName;
  /** That below which it hangs; null where it is a list of its own. */
  readonly id: string | null;
}

/** Reads one list during one call. */
export interface RowsReader {
  /** A stretch of rows; fewer than asked for mean that the list ends there, or cannot be understood from there on. */
  read(offset: number, limit: number): Promise<readonly (Json | null)[]>;
  /** What came where the next rows should have been. */
  readonly fault: SourceError | null;
}

export interface RowsOptions {
  readonly client: CkiClient;
  readonly learnt: Learnt;
  readonly whole: WholeCheckouts;
  readonly maxAge: MaxAge;
  /** Nothing can be asked: what is known of a list is all there is. */
  readonly isOffline: boolean;
}

export function occurrencesBelow({ entity, id }: Subject): RowList {
  return { entity: 'incident', path: entity === 'build' ? 'buildOccurrences' : 'testOccurrences', id };
}

export function nameOf({ path, id }: RowList): string {
  return id === null ? path : `${path} ${id}`;
}

/**
 * Reads lists: from what was learnt lately, else from the source, page by page and each once a call. Where the source
 * fails, what was learnt long ago must do.
 */
export class Rows {
  readonly #options: RowsOptions;
  /** Counting a list and showing it are two calls that read the same pages. */
  readonly #pages = new SingleFlight();

  constructor(options: RowsOptions) {
    this.#options = options;
  }

  reader(list: RowList, call: Call): RowsReader {
    const rows = new Map<number, Json | null>();
    let end: number | null = null;
    let isLearntUsed = false;
    let fault: SourceError | null = null;
    const take = (learnt: LearntList) => {
      isLearntUsed = true;
      call.kept?.(learnt.age);
      for (const [index, row] of learnt.rows.entries()) if (!rows.has(index)) rows.set(index, row);
      if (learnt.isWhole) end = learnt.rows.length;
    };
    const load = async (at: number): Promise<void> => {
      const { learnt, maxAge, isOffline } = this.#options;
      const known = isLearntUsed ? null : learnt.list(nameOf(list), list.entity);
      const covers = known !== null && (known.isWhole || at < known.rows.length);
      if (known !== null && covers && known.age < maxAge(call)) return take(known);
      if (known !== null && isOffline) {
        take(known);
        end ??= known.rows.length;
        return call.warn(new SourceError('SOURCE_TRUNCATED', 'What is on disk ends here: the source has more.'));
      }
      try {
        end = await this.#read(list, at, rows, call);
      } catch (error) {
        if (known === null || !covers || !isOutage(error)) throw error;
        take(known);
        call.warn(stale(error));
      }
    };
    const read = async (offset: number, limit: number) => {
      const found: (Json | null)[] = [];
      for (let at = offset; found.length < limit; at++) {
        if (end !== null && at >= end) break;
        try {
          if (!rows.has(at)) await load(at);
        } catch (error) {
          if (at === 0 || !(error instanceof SourceError) || error.code !== 'SOURCE_BAD_DATA') throw error;
          fault = error;
          end = at;
        }
        if (!rows.has(at)) break;
        found.push(rows.get(at) ?? null);
      }
      return found;
    };
    return {
      read,
      get fault() {
        return fault;
      },
    };
  }

  /** Reads a page into the rows; gives the end of the list where it is in sight. */
  async #read(list: RowList, at: number, rows: Map<number, Json | null>, call: Call): Promise<number | null> {
    const page = await this.#pages.join(`${at} ${nameOf(list)}`, call, (shared) => this.#page(list, at, shared));
    if (page === null) return at;
    for (const [index, row] of page.rows.entries()) rows.set(at + index, row);
    return page.isLast ? at + page.rows.length : null;
  }

  async #page(list: RowList, at: number, call: Call): Promise<RowsPage | null> {
    const { client, learnt, whole } = this.#options;
    const { entity, path, id } = list;
    const page =
      (path === 'builds' && id !== null && at === 0 ? await whole.builds(id, call) : null) ??
      (await client.rows(path, id, at, call));
    if (page === null) return null;
    nameless(entity, page.rows);
    if (at === 0) await learnt.keepList(nameOf(list), entity, page.rows, page.isLast);
    else await learnt.keep(entity, page.rows);
    return page;
  }
}

/** Whether what was learnt before may stand in for an answer. */
export function isOutage(error: unknown): error is SourceError {
  const codes = ['SOURCE_UNAVAILABLE', 'SOURCE_TIMEOUT', 'SOURCE_RATE_LIMITED', 'SOURCE_BAD_DATA'];
  return error instanceof SourceError && codes.includes(error.code);
}

export function stale(cause: SourceError | null): SourceError {
  const message = 'The source was not asked or did not answer: what it said before is shown.';
  return new SourceError('SOURCE_STALE', message, cause === null ? {} : { cause });
}

/**
 * Reads a checkout with all below it at once, where the DataWarehouse has that: builds, tests and occurrences need no
 * requests of their own then. Where it does not answer so, it is not asked so again until the next start.
 */
export class WholeCheckouts {
  readonly #client: CkiClient;
  readonly #learnt: Learnt;
  #isTried: boolean;

  constructor(client: CkiClient, learnt: Learnt, isWanted: boolean) {
    this.#client = client;
    this.#learnt = learnt;
    this.#isTried = isWanted;
  }

  /** The builds of a checkout; null where they have to be asked for by themselves. */
  async builds(checkoutId: string, call: Call): Promise<RowsPage | null> {
    if (!this.#isTried) return null;
    let document: Json | null;
    try {
      document = await this.#client.object('all', checkoutId, call);
    } catch (error) {
      if (!(error instanceof SourceError) || error.code !== 'SOURCE_BAD_DATA') throw error;
      document = [];
    }
    // A checkout that is not there says nothing of the path.
    if (document === null) return null;
    if (!isRaw(document) || !Array.isArray(document.builds)) {
      this.#isTried = false;
      return null;
    }
    const builds = recordsIn(document, 'builds').filter(({ checkout_id }) => checkout_id === checkoutId);
    await this.#keepBelow(document, builds);
    return { rows: builds, isLast: true, isCapped: false };
  }

  async #keepBelow(document: Raw, builds: readonly Raw[]): Promise<void> {
    if (!Array.isArray(document.tests)) return;
    const tests = recordsIn(document, 'tests');
    const occurrences = Array.isArray(document.issueoccurrences) ? recordsIn(document, 'issueoccurrences') : null;
    for (const { id } of builds) {
      if (typeof id !== 'string') continue;
      const own = tests.filter(({ build_id }) => build_id === id);
      await this.#learnt.keepList(`tests ${id}`, 'test', own, true);
      if (occurrences === null) continue;
      await this.#keepOccurrences(
        'buildOccurrences',
        id,
        occurrences.filter(({ build_id }) => build_id === id),
      );
      for (const test of own) {
        const its = occurrences.filter(({ test_id }) => test_id === test.id);
        if (typeof test.id === 'string') await this.#keepOccurrences('testOccurrences', test.id, its);
      }
    }
  }

  async #keepOccurrences(path: PathName, id: string, rows: readonly Raw[]): Promise<void> {
    await this.#learnt.keepList(`${path} ${id}`, 'incident', rows, true);
  }
}

function recordsIn(document: Raw, list: string): readonly Raw[] {
  const records = document[list];
  return Array.isArray(records) ? records.filter(isRaw) : [];
}
