import type { Call } from '../../contract/adapter.ts';
import { SourceError } from '../../contract/errors.ts';
import type { ReadDeadline } from './read-deadline.ts';

/** Bytes of memory that a byte of an answer takes, as text or as a field of an object. */
const EACH_BYTE = 2;
/** The same of a row beside its bytes: its object, what loads and merges it, and its part of the answer. */
const EACH_ROW = 1280;
/** The same of a value within JSON, beside its text: two bytes can become fifty. */
const EACH_VALUE = 32;
/** Answers up to this size are not looked into for JSON: they are nearly all, and small. */
const SMALL = 256 * 1024;
const [COMMA, BRACKET, BRACE] = [0x2c, 0x5b, 0x7b];

/** Takes the memory for what a statement answers, as it comes. */
export class ReadMemory {
  /** Of the chunk that came last: what is not there yet. */
  pending: Promise<void> | null = null;
  readonly #call: Call;
  readonly #readDeadline: ReadDeadline;
  #size = 0;

  constructor(call: Call, readDeadline: ReadDeadline) {
    this.#call = call;
    this.#readDeadline = readDeadline;
  }

  /** @returns null where more may be read at once */
  readonly take = (chunk: Buffer, rows: number): Promise<void> | null => {
    const { memory, signal, deadline } = this.#call;
    if (memory === undefined) return null;
    this.#size += chunk.length;
    const values = this.#size > SMALL ? valuesIn(chunk) : 0;
    const taken = memory.takeRows(chunk.length * EACH_BYTE + values * EACH_VALUE + rows * EACH_ROW, {
      signal,
      deadline,
    });
    this.pending = taken?.catch(this.#giveUp) ?? null;
    return this.pending;
  };

  readonly #giveUp = (cause: unknown): never => {
    const message = 'The gateway has no memory left for what the database answers: ask for less at once.';
    this.#readDeadline.stop(new SourceError('SOURCE_UNAVAILABLE', message, { origin: 'gateway', cause }));
    throw cause;
  };
}

/** About as many as JSON in it has; text has some too. */
function valuesIn(chunk: Buffer): number {
  let count = 0;
  for (let at = 0; at < chunk.length; at += 1) {
    const byte = chunk[at];
    if (byte === COMMA || byte === BRACKET || byte === BRACE) count += 1;
  }
  return count;
}
