import type {
  Adapter,
  Call,
  CountSubject,
  FoundMany,
  IncludedObject,
  Page,
  PageQuery,
  RelationName,
  RelationTarget,
} from '../../adapter.ts';
import type { SourceError } from '../../errors.ts';
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

  async getMany(entity: EntityName, ids: readonly string[], asking: Asking = {}): Promise<FoundMany<AnyObject>> {
    const found = await this.#ask(`getMany(${entity})`, entity, asking, (call) =>
      this.adapter.getMany<EntityName>(entity, ids, call),
    );
    this.#check(`getMany(${entity})`, mapFault(found, isFound));
    this.#note(`getMany(${entity})`, found.values(), found.included);
    return found;
  }

  async list(entity: EntityName, query: PageQuery<EntityName>, asking: Asking = {}): Promise<Page<AnyObject>> {
    const what = `list(${entity})`;
    const page = await this.#ask(what, entity, asking, (call) => this.adapter.list<EntityName>(entity, query, call));
    this.#check(what, isPage(page) ? null : 'The answer is no page of items, each with object, time and tie.');
    this.#note(what, [], page.included);
    return page;
  }

  async related(
    relation: RelationName,
    target: EntityName,
    parents: readonly string[],
    query: PageQuery<RelationTarget<RelationName>>,
    asking: Asking = {},
  ): Promise<ReadonlyMap<string, Page<AnyObject> | SourceError>> {
    const pages = await this.#ask(relation, target, asking, (call) =>
      this.adapter.related<RelationName>(relation, parents, query, call),
    );
    this.#check(relation, mapFault(pages, isPage));
    this.#note(relation, pages.values());
    for (const page of pages.values()) if ('items' in page) this.#note(relation, [], page.included);
    return pages;
  }

  async count(subject: CountSubject): Promise<ReadonlyMap<string, StatusCounts | SourceError>> {
    const what = 'relation' in subject ? `count(${subject.relation})` : `count(${subject.entity})`;
    const counts = await this.#ask(what, 'test', {}, async (call) => {
      if (this.adapter.count === undefined) throw new Stopped('The adapter has no method count.');
      return this.adapter.count(subject, call);
    });
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
