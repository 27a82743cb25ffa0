import { type Call, type Json, SourceError } from '../../kit/author.ts';
import { isRaw, type Raw } from '../client/raw.ts';
import type { RowsPage } from '../client/read-page.ts';
import type { CkiClient, PathName } from '../client.ts';
import type { Learnt } from '../learnt/learnt.ts';

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
