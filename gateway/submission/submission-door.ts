import type { Fault, LoadCounts, Receipt } from '../../adapters/adapter.ts';

export { WHOLE_BYTES } from '../../adapters/kit/kcidb/read-document.ts';

/** Who may submit for whom: the origins of a token, or null for an operator. */
export interface Authority {
  readonly origins: readonly string[] | null;
}

/**
 * Takes so many bytes of memory until the request has ended. For a document in memory it rejects where they do not become
 * free in time; one in a file waits.
 */
export type TakeMemory = (bytes: number, place: 'memory' | 'file') => Promise<void>;

/** A document that was stored. */
export interface Accepted {
  readonly id: string;
  readonly message: string;
  readonly counts: LoadCounts;
  /** Objects that the document reports for another origin than the one that they belong to. */
  readonly conflicts: number;
}

export type RefusalCode = 'UNAUTHENTICATED' | 'FORBIDDEN' | 'BAD_USER_INPUT';

/** Why a document, or a question for a receipt, was turned away. The doors turn it into their own answer. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly faults: readonly Fault[];

  constructor(code: RefusalCode, message: string, faults: readonly Fault[] = []) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.faults = faults;
  }
}

/**
 * The one way in, behind POST /submit, `Mutation.submit` and `kcigraph submit`.
 * @throws {Refusal} with every fault of the document, or of the token.
 * @throws {SourceError} where the store fails: nothing was stored then.
 */
export interface SubmissionDoor {
  /** Null where submission is off. A null token passes only where the instance is open. */
  authorise(token: string | null): Promise<Authority>;
  /** A document that is a value already. */
  submitValue(document: unknown, authority: Authority, signal: AbortSignal): Promise<Accepted>;
  /**
   * A document as bytes of JSON, of any size.
   * @param takeMemory for what is made of the bytes; the bytes of a small one are taken already
   */
  submitBytes(
    body: AsyncIterable<Uint8Array>,
    authority: Authority,
    signal: AbortSignal,
    takeMemory?: TakeMemory,
  ): Promise<Accepted>;
  /** Spools the document durably and answers at once; what becomes of it stands in its receipt. */
  submitLater(
    body: AsyncIterable<Uint8Array>,
    authority: Authority,
    signal: AbortSignal,
  ): Promise<{ readonly id: string }>;
  /** Whether the store answers now; false where submission is off. Never rejects. */
  canStore(): Promise<boolean>;
  /** Null where there is none, or none that this authority may see. */
  receipt(id: string, authority: Authority): Promise<Receipt | null>;
}
