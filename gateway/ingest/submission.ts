import { randomInt } from 'node:crypto';
import type { Fault, LoadCounts, Receipt } from '../../adapters/contract/adapter.ts';
import { MAX_FAULTS } from '../../adapters/kit/kcidb/faults.ts';
import type { Judgement } from './validate-document.ts';

export { WHOLE_BYTES } from '../../adapters/kit/kcidb/document-reader.ts';

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

/** What a judgement means for the one who submitted; null where the document is accepted. */
export function refusalOf(judgement: Judgement): Refusal | null {
  if (judgement.verdict === 'accepted') return null;
  const { verdict, faults } = judgement;
  const foreign = verdict === 'foreign';
  const message = `${foreign ? 'The token does not cover this document' : 'The document is not valid'}, and nothing of it was stored: ${summary(faults)}`;
  return new Refusal(foreign ? 'FORBIDDEN' : 'BAD_USER_INPUT', message, faults);
}

/** One fault in full, more by their number and the first. */
function summary(faults: readonly Fault[]): string {
  const [first] = faults;
  if (first === undefined) return 'no reason was found.';
  const where = first.path === '' ? '' : ` at ${first.path}`;
  if (faults.length === 1) return `one fault${where}. ${first.message}`;
  const count = faults.length >= MAX_FAULTS ? `at least ${faults.length}` : faults.length;
  return `${count} faults, the first${where}. ${first.message}`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 32;
const PATTERN = /^[A-Za-z0-9]{32}$/;

/** A new id of a receipt: 32 letters and digits, which nobody can guess. */
export function newReceiptId(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Whether a text can be the id of a receipt. */
export function isReceiptId(text: string): boolean {
  return PATTERN.test(text);
}
