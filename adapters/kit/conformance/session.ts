import {
  type Adapter,
  type Call,
  type ChildSource,
  childSource,
  type EntitySource,
  type FoundMany,
  type IncludedObject,
  type Page,
  type PageQuery,
  RELATION_NAMES,
  type RelationName,
} from '../../adapter.ts';
import type { SourceError } from '../../errors.ts';
import type { Filter } from '../../filter.ts';
import type { Entities, EntityName, StatusCounts } from '../../model.ts';
import { isCounts, isFound, isPage, mapFault } from './answer-shape.ts';
import type { Budget } from './budget.ts';
import { makeCall } from './make-call.ts';
import { sourceCode } from './source-fault.ts';
import { Stopped } from './stopped.ts';
import type { Subject } from './subject.ts';

export type AnyObject = Entities[EntityName];

/** What a call may ask otherwise than by default: all fields, no abort. */
export interface Asking {
  readonly fields?: ReadonlySet<string>;
  readonly signal?: AbortSignal;
  readonly deadline?: number;
}

/** What calls showed beside their answers, for the behaviours that judge just that. */
export interface Sightings {
  /** Thrown, rejected with, given under a key or warned of, and no `SourceError`. */
  readonly strangeErrors: string[];
  readonly misshapen: string[];
  readonly included: IncludedObject[];
  readonly unsupported: string[];
  calls: number;
}

/** Asks the adapter on behalf of the behaviours: within the budget, and with an eye on what comes beside the answer. */
export class Session {
  readonly subject: Subject;
  readonly adapter: Adapter;
  readonly budget: Budget;
  readonly seen: Sightings = { strangeErrors: [], misshapen: [], included: [], unsupported: [], calls: 0 };

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
    asking: Asking = {},
  ): Promise<FoundMany<Entities[E]>> {
    const what = `get(${entity})`;
    const get = declared(this.entity(entity)?.get, what);
    const found = await this.#ask(what, entity, asking, (call) => get.read(ids, call));
    this.#check(what, mapFault(found, isFound));
    this.#note(what, found.values(), found.included);
    return found;
  }

  async list<E extends EntityName>(entity: E, query: PageQuery<E>, asking: Asking = {}): Promise<Page<Entities[E]>> {
    const what = `list(${entity})`;
    const list = declared(this.entity(entity)?.list, what);
    const page = await this.#ask(what, entity, asking, (call) => list.read(query, call));
    this.#check(what, isPage(page) ? null : 'The answer is no page of items, each with object, time and tie.');
    this.#note(what, [], page.included);
    return page;
  }

  async related(
    relation: RelationName,
    target: EntityName,
    parents: readonly string[],
    query: PageQuery<EntityName>,
    asking: Asking = {},
  ): Promise<ReadonlyMap<string, Page<AnyObject> | SourceError>> {
    const list = declared(this.relation(relation)?.list, relation);
    const pages = await this.#ask(relation, target, asking, (call) => list.read(parents, query, call));
    this.#check(relation, mapFault(pages, isPage));
    this.#note(relation, pages.values());
    for (const page of pages.values()) if ('items' in page) this.#note(relation, [], page.included);
    return pages;
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
    this.#note(what, counts.values());
    return counts;
  }

  /** A call's answer as it comes, its errors noted all the same. */
  async #ask<T>(what: string, entity: EntityName, asking: Asking, ask: (call: Call) => Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.seen.misshapen.push(`${what} did not end within ${this.budget.callMs} ms.`);
      reject(new Stopped(`${what} did not end within ${this.budget.callMs} ms.`));
    }, this.budget.callMs + 1000);
    try {
      this.budget.take();
      this.seen.calls += 1;
      return await Promise.race([ask(makeCall(entity, asking, this.budget.callMs, (e) => this.#warned(e))), promise]);
    } catch (error) {
      this.#noteError(what, error, asking.signal?.aborted ?? false);
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

  #note(what: string, values: Iterable<unknown>, included: readonly IncludedObject[] = []): void {
    for (const value of values) if (value instanceof Error) this.#noteError(what, value, false);
    if (this.seen.included.length < 2000) this.seen.included.push(...included);
  }

  #warned(error: unknown): void {
    this.#noteError('warn', error, false);
  }

  #noteError(what: string, error: unknown, aborted: boolean): void {
    if (error instanceof Stopped) return;
    const code = sourceCode(error);
    // What an aborted call ends with reaches nobody: `signal.reason` is as good as a SourceError.
    if (code === null && !aborted) this.seen.strangeErrors.push(`${what}: ${String(error)}`);
    if (code === 'SOURCE_UNSUPPORTED') this.seen.unsupported.push(`${what}: ${String(error)}`);
  }
}

function declared<T>(handler: T | undefined, what: string): T {
  if (handler === undefined) throw new Stopped(`The adapter does not declare ${what}.`);
  return handler;
}
