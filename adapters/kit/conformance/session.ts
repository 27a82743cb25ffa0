import {
  type Adapter,
  type Call,
  type ChildSource,
  childSource,
  type EntitySource,
  type FoundMany,
  type IncludedObject,
  type Logger,
  type Page,
  type PageQuery,
  type Place,
  RELATION_NAMES,
  type RelationName,
} from '../../contract/adapter.ts';
import { SOURCE_ERROR_CODES, SourceError, type SourceErrorCode } from '../../contract/errors.ts';
import { allFields } from '../../contract/fields.ts';
import type { Filter } from '../../contract/filter.ts';
import type { Entities, EntityName, StatusCounts } from '../../contract/model.ts';
import type { AnyObject, ConformanceOptions, Subject } from './subject.ts';
import { isCounts, isFound, isPage, mapFault } from './validate-answer.ts';

/** The code of a `SourceError`, also of one made by another copy of this package; null for any other value. */
export function sourceCode(error: unknown): SourceErrorCode | null {
  const isOne = error instanceof SourceError || (error instanceof Error && error.name === 'SourceError');
  const code = isOne && 'code' in error ? error.code : null;
  return SOURCE_ERROR_CODES.find((known) => known === code) ?? null;
}

/**
 * Whether a failure says nothing of the keys that were asked: the source failed for a while, or what it declares is not
 * there, which `capabilities` tells.
 */
export function isUnrelatedFailure(error: unknown): boolean {
  const code = sourceCode(error);
  return code !== null && code !== 'SOURCE_BAD_DATA';
}

/** Ends a behaviour early: nothing more can be learnt, through no fault that the behaviour is about. */
export class Stopped extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Stopped';
  }
}

const MAX_MS = 600_000;
const CALL_MS = 30_000;

/** Milliseconds after which the suite has ended, its last call included. */
export function suiteLimitMs({ maxMs = MAX_MS, callMs = CALL_MS }: ConformanceOptions): number {
  return maxMs + 2 * callMs;
}

/** How much may still be asked. Each behaviour gets a share, so that the last ones are checked too. */
export class Budget {
  readonly callMs: number;
  readonly sampleSize: number;
  #calls: number;
  #share = 0;
  #shareUntil = 0;
  readonly #until: number;

  constructor(options: ConformanceOptions, isKnown: boolean) {
    this.callMs = options.callMs ?? CALL_MS;
    this.sampleSize = options.sampleSize ?? 150;
    this.#calls = options.maxCalls ?? (isKnown ? 20_000 : 1000);
    this.#until = Date.now() + (options.maxMs ?? MAX_MS);
  }

  /** Opens the share of one of the behaviours that are left: twice an even part, since most need less. */
  open(behavioursLeft: number): void {
    this.#share = Math.ceil((2 * this.#calls) / behavioursLeft);
    this.#shareUntil = Math.min(this.#until, Date.now() + (2 * (this.#until - Date.now())) / behavioursLeft);
  }

  /** Calls that the open share still allows. */
  get left(): number {
    return Date.now() >= this.#shareUntil ? 0 : Math.min(this.#share, this.#calls);
  }

  take(): void {
    if (Date.now() >= this.#shareUntil) throw new Stopped('The time for the suite was used up.');
    if (this.left <= 0) throw new Stopped('The calls that the suite may make were used up.');
    this.#calls -= 1;
    this.#share -= 1;
  }
}

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A call as the gateway would make it. */
export function makeCall(
  entity: EntityName,
  options: { readonly fields?: ReadonlySet<string>; readonly signal?: AbortSignal; readonly deadline?: number },
  callMs: number,
  warn: (error: SourceError) => void,
): Call {
  return {
    signal: options.signal ?? AbortSignal.timeout(callMs),
    deadline: options.deadline ?? Date.now() + callMs,
    fields: options.fields ?? allFields(entity),
    log: SILENT,
    warn,
  };
}

/** What a call may ask otherwise than by default: all fields, no abort. */
export interface CallOptions {
  readonly fields?: ReadonlySet<string>;
  readonly signal?: AbortSignal;
  readonly deadline?: number;
  /** The source was made to fail: an error says nothing of how it is otherwise. */
  readonly expectsError?: boolean;
}

/** What the calls of one kind came to, without those that a behaviour provoked to fail. */
export interface CallTally {
  /** Objects, pages and counts that were given. */
  given: number;
  errors: number;
  firstError: string | null;
}

/** What calls showed beside their answers, for the behaviours that check just that. */
export interface Observations {
  /** Thrown, rejected with, given under a key or warned of, and no `SourceError`. */
  readonly strangeErrors: string[];
  readonly misshapen: string[];
  readonly included: IncludedObject[];
  readonly unsupported: string[];
  /** By call, such as `get(test)`. */
  readonly tallies: Map<string, CallTally>;
  /** The records that warnings call bad, by id, or by message where they name none, with the message. */
  readonly refused: Map<string, string>;
  /** Ids of the objects that were given. */
  readonly given: Set<string>;
  /** By call, of pages of an index that is still filling: asks whether it still is. */
  readonly pending: Map<string, () => Promise<boolean>>;
  calls: number;
}

/** The faults of records that became no object; one whose object was given has a bad field at most. */
export function refusedRecords({ refused, given }: Observations): readonly string[] {
  const ids = new Set([...given].flatMap((id) => [id, id.slice(id.indexOf(':') + 1)]));
  return [...refused].filter(([id]) => !ids.has(id)).map(([, message]) => message);
}

/** Asks the adapter on behalf of the behaviours: within the budget, and with an eye on what comes beside the answer. */
export class Session {
  readonly subject: Subject;
  readonly adapter: Adapter;
  readonly budget: Budget;
  readonly seen: Observations = {
    strangeErrors: [],
    misshapen: [],
    included: [],
    unsupported: [],
    tallies: new Map(),
    refused: new Map(),
    given: new Set(),
    pending: new Map(),
    calls: 0,
  };

  constructor(subject: Subject, budget: Budget) {
    this.subject = subject;
    this.adapter = subject.adapter;
    this.budget = budget;
  }

  /** What the adapter declares of an entity. */
  entity<E extends EntityName>(entity: E): EntitySource<E> | undefined {
    return this.adapter.entities[entity];
  }

  /** What the adapter declares of a relation. */
  relation(relation: RelationName): ChildSource<EntityName> | undefined {
    return childSource<EntityName>(this.adapter, relation);
  }

  /** The relations whose children can be listed. */
  get listedRelations(): readonly RelationName[] {
    return RELATION_NAMES.filter((relation) => this.relation(relation)?.list !== undefined);
  }

  async get<E extends EntityName>(
    entity: E,
    ids: readonly string[],
    options: CallOptions = {},
  ): Promise<FoundMany<Entities[E]>> {
    const what = `get(${entity})`;
    const get = declared(this.entity(entity)?.get, what);
    const found = await this.#ask(what, entity, options, (call) => get.read(ids, call));
    this.#check(what, mapFault(found, isFound));
    this.#note(what, options, found.values(), found.included);
    return found;
  }

  async list<E extends EntityName>(
    entity: E,
    query: PageQuery<E>,
    options: CallOptions = {},
  ): Promise<Page<Entities[E]>> {
    const what = `list(${entity})`;
    const list = declared(this.entity(entity)?.list, what);
    const page = await this.#ask(what, entity, options, (call) => list.read(query, call));
    this.#check(what, isPage(page) ? null : 'The answer is no page of items, each with object, time and tie.');
    this.#note(what, options, [page], page.included);
    if (page.pending !== true) return page;
    this.#notePending(what, () =>
      isEndPending((after) => list.read({ ...query, after }, this.#quietCall(entity)), query),
    );
    return stillFilling(page);
  }

  async related(
    relation: RelationName,
    target: EntityName,
    parents: readonly string[],
    query: PageQuery<EntityName>,
    options: CallOptions = {},
  ): Promise<ReadonlyMap<string, Page<AnyObject> | SourceError>> {
    const list = declared(this.relation(relation)?.list, relation);
    const pages = await this.#ask(relation, target, options, (call) => list.read(parents, query, call));
    this.#check(relation, mapFault(pages, isPage));
    this.#note(relation, options, pages.values());
    for (const page of pages.values()) if ('items' in page) this.#note(relation, options, [], page.included);
    if (![...pages.values()].some(isPendingPage)) return pages;
    this.#notePending(relation, async () => {
      const again = await list.read(parents, query, this.#quietCall(target));
      return [...again.values()].some(isPendingPage);
    });
    return new Map([...pages].map(([parent, page]) => [parent, isPendingPage(page) ? stillFilling(page) : page]));
  }

  async count<E extends EntityName>(
    entity: E,
    where: Filter<E> | null = null,
    allVersions?: boolean,
  ): Promise<StatusCounts> {
    const what = `count(${entity})`;
    const count = declared(this.entity(entity)?.count, what);
    const counts = await this.#ask(what, entity, {}, (call) => count.read(where, call, allVersions));
    this.#check(what, isCounts(counts) ? null : 'The answer is no counts by status.');
    this.#note(what, {}, [counts]);
    return counts;
  }

  async countBelow(
    relation: RelationName,
    parents: readonly string[],
  ): Promise<ReadonlyMap<string, StatusCounts | SourceError>> {
    const what = `count(${relation})`;
    const count = declared(this.relation(relation)?.count, what);
    const counts = await this.#ask(what, 'test', {}, (call) => count.read(parents, null, call));
    this.#check(what, mapFault(counts, isCounts));
    this.#note(what, {}, counts.values());
    return counts;
  }

  /** A call's answer as it comes, its errors noted all the same. */
  async #ask<T>(what: string, entity: EntityName, options: CallOptions, ask: (call: Call) => Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.seen.misshapen.push(`${what} did not end within ${this.budget.callMs} ms.`);
      reject(new Stopped(`${what} did not end within ${this.budget.callMs} ms.`));
    }, this.budget.callMs + 1000);
    try {
      this.budget.take();
      this.seen.calls += 1;
      return await Promise.race([ask(makeCall(entity, options, this.budget.callMs, (e) => this.#warned(e))), promise]);
    } catch (error) {
      this.#noteError(what, error, options);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #check(what: string, fault: string | null): void {
    if (fault === null) return;
    this.seen.misshapen.push(`${what}: ${fault}`);
    throw new Stopped(`${what}: ${fault}`);
  }

  #note(what: string, options: CallOptions, values: Iterable<unknown>, included: readonly IncludedObject[] = []): void {
    for (const value of values) {
      if (value instanceof Error) this.#noteError(what, value, options);
      else this.#tally(what).given += 1;
      for (const { id } of objectsIn(value)) this.seen.given.add(id);
    }
    if (this.seen.included.length < 2000) this.seen.included.push(...included);
  }

  #warned(error: unknown): void {
    const code = sourceCode(error);
    if (code === null) this.seen.strangeErrors.push(`warn: ${String(error)}`);
    if (code === 'SOURCE_UNSUPPORTED') this.seen.unsupported.push(`warn: ${String(error)}`);
    if (code !== 'SOURCE_BAD_DATA' || !(error instanceof Error)) return;
    const key = ('id' in error && typeof error.id === 'string' && error.id) || error.message;
    if (!this.seen.refused.has(key)) this.seen.refused.set(key, error.message);
  }

  #noteError(what: string, error: unknown, options: CallOptions): void {
    if (error instanceof Stopped) return;
    const code = sourceCode(error);
    // What an aborted call ends with reaches nobody: `signal.reason` is as good as a SourceError.
    if (code === null && options.signal?.aborted !== true) this.seen.strangeErrors.push(`${what}: ${String(error)}`);
    if (code === 'SOURCE_UNSUPPORTED') this.seen.unsupported.push(`${what}: ${String(error)}`);
    if (options.signal !== undefined || options.deadline !== undefined || options.expectsError === true) return;
    const tally = this.#tally(what);
    tally.errors += 1;
    tally.firstError ??= code === null ? String(error) : `${code}: ${String(error)}`;
  }

  #tally(what: string): CallTally {
    const tally = this.seen.tallies.get(what) ?? { given: 0, errors: 0, firstError: null };
    this.seen.tallies.set(what, tally);
    return tally;
  }

  #notePending(what: string, isPending: () => Promise<boolean>): void {
    if (!this.seen.pending.has(what)) this.seen.pending.set(what, isPending);
  }

  #quietCall(entity: EntityName): Call {
    return makeCall(entity, { fields: new Set(['id']) }, this.budget.callMs, () => {});
  }

  /** Asks the pages that were pending again, outside of the budget. A question that fails now is left to the next check. */
  async isFilling(): Promise<boolean> {
    for (const isPending of this.seen.pending.values()) if (await isPending().catch(() => false)) return true;
    return false;
  }
}

type Pages = (after: Place | null) => Promise<Page<AnyObject>>;

/** Reads on to the end of a list, where it says whether more is to be learnt. */
async function isEndPending(ask: Pages, { after: from }: Pick<PageQuery<EntityName>, 'after'>): Promise<boolean> {
  let after = from;
  for (;;) {
    const page = await ask(after);
    if (page.pending === true) return true;
    const last = page.items.at(-1);
    if (last === undefined || !page.hasMore) return false;
    after = placeOf(last);
  }
}

function isPendingPage(page: Page<unknown> | SourceError): page is Page<never> {
  return 'items' in page && page.pending === true;
}

/** What is not there yet may still come: the end of the page is not the end of the list. */
function stillFilling<T>(page: Page<T>): Page<T> {
  return { ...page, hasMore: true };
}

/** An item's place alone, as a cursor would carry it. */
export function placeOf(item: Place): Place {
  const { time, tie, mark } = item;
  return mark === undefined ? { time, tie } : { time, tie, mark };
}

function objectsIn(value: unknown): readonly { readonly id: string }[] {
  const items: readonly unknown[] =
    typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items)
      ? value.items
      : [value];
  return items.flatMap((item) => {
    const object: unknown = typeof item === 'object' && item !== null && 'object' in item ? item.object : null;
    return hasId(object) ? [object] : [];
  });
}

function hasId(object: unknown): object is { readonly id: string } {
  return typeof object === 'object' && object !== null && 'id' in object && typeof object.id === 'string';
}

function declared<T>(handler: T | undefined, what: string): T {
  if (handler === undefined) throw new Stopped(`The adapter does not declare ${what}.`);
  return handler;
}
