import { SourceError } from '../../adapters/errors.ts';
import { Semaphore } from '../../adapters/kit/semaphore.ts';
import type { EntityName } from '../../adapters/model.ts';
import { Budget, MAX_PAGE_REQUESTS } from './budget.ts';
import type { Source } from './registry.ts';
import { WAIT_MS } from './wait-times.ts';

/** Upstream requests that one request has under way at one source. */
const CONNECTIONS = 3;

/**
 * What one request may take of one source, over all that it asks, level after level: time, connections, and what it reads
 * of a source only to complete what others gave. A source that has used up its time is asked no more, so that what
 * others have to say is still in the answer before the deadline.
 */
export class SourceAllowance {
  readonly connections = new Semaphore(CONNECTIONS);
  /** Why the source is asked no more in this request. */
  timedOut: SourceError | null = null;
  readonly #source: Source;
  readonly #request: AbortSignal;
  /** Null where no other source waits for its turn: the request's own deadline will do. */
  readonly #controller: AbortController | null;
  #optionalUntil: number | null = null;
  #extraKeys: Budget | null = null;
  #limited: SourceError | null = null;
  #underWay = 0;
  #since = 0;
  #used = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param request aborts where the request ends
   * @param isShared there are other sources, which need time too
   */
  constructor(source: Source, request: AbortSignal, isShared: boolean) {
    this.#source = source;
    this.#request = request;
    this.#controller = isShared ? new AbortController() : null;
    const end = () => this.#controller?.abort(request.reason);
    if (request.aborted) end();
    else if (isShared) request.addEventListener('abort', end, { once: true });
  }

  /** Aborts where the time is used up, or the request ends. */
  get signal(): AbortSignal {
    return this.#controller?.signal ?? this.#request;
  }

  /** Milliseconds since the epoch: when reads that are only good to have begin at the latest. */
  get optionalUntil(): number {
    this.#optionalUntil ??= Date.now() + WAIT_MS.optionalReads;
    return this.#optionalUntil;
  }

  /** Takes one key more that is looked up only to complete what others gave; false where none is left. */
  takeExtraKey(entity: EntityName): boolean {
    const { rate, adapter } = this.#source;
    const inTime = Math.ceil((WAIT_MS.optionalReads / 1000) * (rate ?? Number.POSITIVE_INFINITY));
    const requests = Math.min(MAX_PAGE_REQUESTS, inTime);
    this.#extraKeys ??= new Budget(requests * (adapter.entities[entity]?.get?.maxKeys ?? 1));
    return this.#extraKeys.take(1);
  }

  begin(): void {
    this.#underWay += 1;
    if (this.#underWay > 1 || this.#controller === null) return;
    this.#since = performance.now();
    const left = this.#source.timeout + WAIT_MS.behindTheGuard - this.#used;
    if (left <= 0) this.#controller.abort();
    else this.#timer = setTimeout(() => this.#controller?.abort(), left).unref();
  }

  end(): void {
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    clearTimeout(this.#timer);
    this.#used += performance.now() - this.#since;
  }

  /** What to report of a failed call: what was cut off here is not the source's fault, and where it has a rate that is the reason. */
  faultOf(error: SourceError): SourceError {
    const fault = this.#reasonOf(error);
    if (error.code === 'SOURCE_TIMEOUT') this.timedOut = fault;
    return fault;
  }

  #reasonOf(error: SourceError): SourceError {
    if (this.#controller === null) return error;
    if (error.code === 'SOURCE_RATE_LIMITED') this.#limited = error;
    if (error.code !== 'SOURCE_TIMEOUT' || !this.signal.aborted) return error;
    if (this.#limited !== null) return this.#limited;
    if (this.#request.aborted) return error;
    const message = `The source was waited for ${this.#source.timeout / 1000} s, and had not answered all of it by then.`;
    return new SourceError('SOURCE_TIMEOUT', message, { cause: error });
  }
}
