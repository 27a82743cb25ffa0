import type { Call, Logger } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';

/** Of one answer so many faults are told, each by its record; the rest are counted. */
const MAX_TOLD = 20;

/** Gathers what is wrong with one answer of an adapter: the person who asked is told, and the log. */
export class AnswerFaults {
  readonly #call: Call;
  readonly #log: Logger;
  readonly #about: { readonly source: string; readonly call: string };
  readonly #seen = new Set<string>();
  #count = 0;

  constructor(call: Call, log: Logger, source: string, name: string) {
    this.#call = call;
    this.#log = log;
    this.#about = { source, call: name };
  }

  /** @param id of the record that is left out, or shown without a field */
  add(message: string, id?: string): void {
    const key = `${id ?? ''} ${message}`;
    if (this.#seen.has(key)) return;
    this.#count += 1;
    if (this.#seen.size >= MAX_TOLD) return;
    this.#seen.add(key);
    this.#call.warn(new SourceError('SOURCE_BAD_DATA', message, id === undefined ? {} : { id }));
    this.#log.error({ ...this.#about, ...(id === undefined ? {} : { id }) }, message);
  }

  /** Says how many faults were not told one by one. */
  end(): void {
    const untold = this.#count - this.#seen.size;
    if (untold > 0) {
      this.#call.warn(new SourceError('SOURCE_BAD_DATA', `The answer of the source has ${untold} more faults.`));
    }
  }
}

/** An answer of which nothing can be kept. */
export function notUnderstood(what: string): SourceError {
  const message = `The answer of the source could not be understood: ${what}.`;
  return new SourceError('SOURCE_BAD_DATA', message, { cause: new TypeError('An adapter broke the contract.') });
}

/** What a call failed with: anything but a SourceError is a bug in the adapter, and goes to the log with its stack. */
export function sourceFault(fault: unknown, source: string, call: string, log: Logger): SourceError {
  if (fault instanceof SourceError) {
    if (fault.cause !== undefined) log.warn({ source, call, code: fault.code, err: fault.cause }, fault.message);
    return fault;
  }
  log.error({ source, call, err: fault }, 'An adapter failed with something other than a SourceError.');
  return new SourceError('SOURCE_BAD_DATA', 'The answer of the source could not be understood.', { cause: fault });
}
