/**
 * A submission, in the order in which it happens: the token is checked and gives the origins that it may submit for. The
 * document is received, in memory if it is small and in a file otherwise, and validated against the rules of its version: a
 * small one on the main thread, a large one in a worker. Its objects are upgraded and loaded in one transaction, together
 * with the receipt. Documents that are to be loaded later wait in a queue on disk and then take the same way.
 */

import type { Logger, Receipt, Store } from '../../adapters/contract/adapter.ts';
import { DocumentLoader } from './document-loader.ts';
import { warmUp } from './document-reader.ts';
import { DEFAULT_SPOOL_LIMITS, Spool, type SpoolLimits, SpoolQuota } from './queue.ts';
import { CurrentStore } from './store-handle.ts';
import { type Authority, isReceiptId, Refusal, type SubmissionDoor } from './submission.ts';
import { authorise, secretKeys } from './token.ts';

/** What an operator may change while the gateway runs. */
export interface DoorSettings {
  /** Where documents go; null: submission is off. */
  readonly store: Store | null;
  /** What tokens are signed with; all are accepted. */
  readonly secrets: readonly string[];
  /** Everybody may submit for everybody without a token. */
  readonly open: boolean;
  readonly limits: { readonly bodyBytes: number };
  /** How much may lie on disk until it is stored. */
  readonly spool?: SpoolLimits | undefined;
}

export interface SubmissionOptions extends DoorSettings {
  /** A folder of the door's own; made when it is needed. */
  readonly spoolDir: string;
  readonly log: Logger;
}

/** A door that also takes documents to be loaded later, and goes on with those that wait from an earlier run. */
export interface RunningSubmissionDoor extends SubmissionDoor {
  /**
   * Other settings from now on; what waits in the spool goes to the new store. `over` resolves when nothing is under way
   * on the store before.
   * @throws {Error} as `createSubmissionDoor`; the settings before hold then
   */
  replace(settings: DoorSettings): { readonly over: Promise<void> };
  /** Takes back the load of a spooled document that is under way; what waits stays on disk for the next run. */
  close(): Promise<void>;
}

/** What is there as soon as there has been a store. */
interface Inside {
  readonly loader: DocumentLoader;
  readonly spool: Spool;
}

/**
 * Opens the one way in. It begins to load at once what waits in `spoolDir`.
 *
 * @throws {Error} one sentence, where a secret is empty or the spool's folder cannot be made.
 */
export function createSubmissionDoor(options: SubmissionOptions): RunningSubmissionDoor {
  const { log, spoolDir } = options;
  const store = new CurrentStore(options.store);
  let settings: DoorSettings = options;
  let keys = secretKeys(options.secrets);
  const quota = new SpoolQuota(options.spool);
  let inside: Inside | null = null;

  const unlock = (next: Store | null) => {
    if (inside !== null || next === null) return;
    const loader = new DocumentLoader({ store, folder: spoolDir, log, quota });
    inside = { loader, spool: new Spool({ folder: spoolDir, store, loader, quota, log }) };
    void warmUp();
  };
  const within = (): Inside => {
    if (inside !== null && store.isThere) return inside;
    throw new Refusal('FORBIDDEN', 'Submission is off here: the operator has configured no store for it.');
  };
  unlock(options.store);
  return {
    authorise: async (token) => {
      within();
      return await authorise(token, keys, settings.open);
    },
    submitValue: async (document, authority, signal) => within().loader.loadValue(document, authority, signal),
    submitBytes: async (body, authority, signal, takeMemory) =>
      within().loader.loadBytes(limited(body, settings.limits.bodyBytes), authority, signal, takeMemory),
    submitLater: async (body, authority, signal) => ({
      id: await within().spool.add(limited(body, settings.limits.bodyBytes), authority, signal),
    }),
    receipt: async (id, authority) => {
      const { spool } = within();
      if (!isReceiptId(id)) return null;
      const receipt = (await spool.receipt(id)) ?? (await store.receipt(id));
      return receipt !== null && maySee(receipt, authority) ? receipt : null;
    },
    canStore: async () => {
      if (!store.isThere) return false;
      // A receipt that nobody has: the look-up goes where loads go, and not to a replica.
      return await store.receipt(NO_RECEIPT).then(
        () => true,
        () => false,
      );
    },
    replace: (next) => {
      const nextKeys = secretKeys(next.secrets);
      unlock(next.store);
      keys = nextKeys;
      settings = next;
      quota.limits = next.spool ?? DEFAULT_SPOOL_LIMITS;
      return { over: store.replace(next.store) };
    },
    close: async () => {
      await inside?.spool.close();
      await inside?.loader.close();
    },
  };
}

/** Well-formed, and given to no submission. */
const NO_RECEIPT = '0'.repeat(32);

/** The operator sees every receipt, everybody else those that share an origin with the token. */
function maySee(receipt: Receipt, { origins }: Authority): boolean {
  return origins === null || (receipt.origins?.some((origin) => origins.includes(origin)) ?? false);
}

/** The doors count bytes themselves, and say so in their own terms; this holds for one that does not. */
async function* limited(body: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) {
      throw new Refusal('BAD_USER_INPUT', `The document is larger than ${most} bytes: send it in parts.`);
    }
    yield chunk;
  }
}
