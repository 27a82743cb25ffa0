import type { Logger, Receipt, Store } from '../../adapters/adapter.ts';
import { authorise } from './authorise.ts';
import { DocumentLoader } from './document-loader.ts';
import { isReceiptId } from './receipt-id.ts';
import { Spool } from './spool.ts';
import { type Authority, Refusal, type SubmissionDoor } from './submission-door.ts';
import { secretKeys } from './token.ts';
import { warmUp } from './warm-up.ts';

export interface SubmissionOptions {
  /** Where documents go; null: submission is off. */
  readonly store: Store | null;
  /** What tokens are signed with; all are accepted. */
  readonly secrets: readonly string[];
  /** Everybody may submit for everybody without a token. */
  readonly open: boolean;
  readonly limits: { readonly bodyBytes: number };
  /** A folder of the door's own; made when it is needed. */
  readonly spoolDir: string;
  readonly log: Logger;
}

/** A door that also takes documents to be loaded later, and goes on with those that wait from an earlier run. */
export interface RunningSubmissionDoor extends SubmissionDoor {
  /** Takes back the load of a spooled document that is under way; what waits stays on disk for the next run. */
  close(): Promise<void>;
}

/**
 * Opens the one way in. It begins to load at once what waits in `spoolDir`.
 *
 * @throws {Error} one sentence, where a secret is empty or the spool's folder cannot be made.
 */
export function createSubmissionDoor(options: SubmissionOptions): RunningSubmissionDoor {
  const { store, open, log, spoolDir } = options;
  const keys = secretKeys(options.secrets);
  if (store === null) return closedDoor();
  const loader = new DocumentLoader({ store, folder: spoolDir, log });
  const spool = new Spool({ folder: spoolDir, store, loader, log });
  void warmUp();
  const { bodyBytes } = options.limits;
  return {
    authorise: (token) => authorise(token, keys, open),
    submitValue: (document, authority, signal) => loader.loadValue(document, authority, signal),
    submitBytes: (body, authority, signal) => loader.loadBytes(limited(body, bodyBytes), authority, signal),
    submitLater: async (body, authority, signal) => ({
      id: await spool.add(limited(body, bodyBytes), authority, signal),
    }),
    receipt: async (id, authority) => {
      if (!isReceiptId(id)) return null;
      const receipt = (await spool.receipt(id)) ?? (await store.receipt(id));
      return receipt !== null && maySee(receipt, authority) ? receipt : null;
    },
    close: async () => {
      await spool.close();
      await loader.close();
    },
  };
}

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

function closedDoor(): RunningSubmissionDoor {
  const refuse = async (): Promise<never> => {
    throw new Refusal('FORBIDDEN', 'Submission is off here: the operator has configured no store for it.');
  };
  return {
    authorise: refuse,
    submitValue: refuse,
    submitBytes: refuse,
    submitLater: refuse,
    receipt: refuse,
    close: async () => {},
  };
}
