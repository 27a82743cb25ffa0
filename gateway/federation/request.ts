import type { Logger } from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';
import type { EntityName, StatusCounts } from '../../adapters/contract/model.ts';
import { Semaphore } from '../../adapters/kit/semaphore.ts';
import type { SubmissionDoor } from '../ingest/submission.ts';
import type { ByteShare } from './byte-budget.ts';
import { WAIT_MS } from './guard/deadline.ts';
import { Loaders } from './loaders.ts';
import type { Registry, Source } from './registry.ts';
import { SlicedWork } from './sliced-work.ts';
import { clientError, quoted, SourceReport } from './source-report.ts';

/** What belongs to one GraphQL request; the resolvers find it as their context. */
export interface RequestContext {
  /** Aborts when the client has gone or the deadline is over; a submission has no deadline. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly log: Logger;
  readonly registry: Registry;
  /** Which sources were asked, what they answered, and what went wrong at which path. */
  readonly report: SourceReport;
  /** By which work that grows with the rows gives way to other requests. */
  readonly work: SlicedWork;
  /** Every call to a source goes through these, so that calls are shared within the request. */
  readonly loaders: Loaders;
  /** What may still be read, over the whole request, only to be counted. */
  readonly countable: ReadBudget;
  /** Counts by what is counted, so that fields that show the same count it once. */
  readonly counts: Map<string, Promise<StatusCounts | null>>;
  readonly submission: SubmissionDoor;
  /** The token of the Authorization header without `Bearer `; null without one. */
  readonly token: string | null;
}

export interface RequestContextOptions {
  readonly signal: AbortSignal;
  /** Aborts when nobody waits for the answer any more, be it whole or not; never where it is left out. */
  readonly over?: AbortSignal;
  readonly deadline: number;
  readonly log: Logger;
  readonly registry: Registry;
  readonly submission: SubmissionDoor;
  readonly token: string | null;
  /** What the request holds in memory. */
  readonly memory: ByteShare;
  /** Milliseconds that a kept answer may be old for this client; null: as the configuration says. */
  readonly maxAgeMs?: number | null;
}

const MAX_COUNTED = 20_000;

/** The context of a new request. */
export function createRequestContext(options: RequestContextOptions): RequestContext {
  const report = new SourceReport();
  const work = new SlicedWork(options.over ?? new AbortController().signal);
  return {
    ...options,
    report,
    work,
    countable: new ReadBudget(MAX_COUNTED),
    counts: new Map(),
    loaders: new Loaders({
      ...options,
      maxAgeMs: options.maxAgeMs ?? null,
      report,
      work,
      isShared: options.registry.sources.length > 1,
    }),
  };
}

/** Which sources a root field asks, for itself and for everything below it. */
export interface Scope {
  /** By priority. */
  readonly sources: readonly Source[];
  /** The client named them, and so hears of what they cannot do. */
  readonly isNamed: boolean;
}

/** Where an object keeps its scope: no field of the schema can have this name. */
export const SCOPE = Symbol('scope');

/** An object that remembers which sources everything below it is asked of. */
export interface Scoped {
  readonly [SCOPE]: Scope;
}

export function scopeOf(object: Scoped): Scope {
  return object[SCOPE];
}

/**
 * @param names of the `sources` argument; null where it was not given
 * @throws {GraphQLError} BAD_USER_INPUT where there is no source of a name
 */
export function selectScope(registry: Registry, names: readonly string[] | null | undefined): Scope {
  if (names === null || names === undefined) return registry.everything;
  for (const name of names) {
    if (registry.get(name) !== undefined) continue;
    const known = registry.sources.map((source) => source.name).join(', ');
    throw clientError('BAD_USER_INPUT', `There is no source ${quoted(name)}; there are: ${known}.`);
  }
  const wanted = new Set(names);
  return { sources: registry.sources.filter((source) => wanted.has(source.name)), isNamed: true };
}

/** A bound that many calls share. */
export class Budget {
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** Takes so much where it is left; else nothing. */
  take(amount: number): boolean {
    if (amount > this.#left) return false;
    this.#left -= amount;
    return true;
  }

  get left(): number {
    return this.#left;
  }
}

/** Upstream requests that a page makes of one source at most, over all its rounds. */
export const MAX_PAGE_REQUESTS = 100;

/** Objects that one request may read, to count them. A page that is read again costs nothing: the request keeps it. */
export class ReadBudget {
  readonly #objects: Budget;
  readonly #pages = new Set<object>();

  constructor(limit: number) {
    this.#objects = new Budget(limit);
  }

  /** Whether a page may be read. */
  take(page: { readonly items: readonly unknown[] }): boolean {
    if (this.#pages.has(page)) return true;
    if (!this.#objects.take(page.items.length)) return false;
    this.#pages.add(page);
    return true;
  }
}

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
