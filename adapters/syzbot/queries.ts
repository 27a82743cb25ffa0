import {
  type Call,
  comparePlaces,
  type Entities,
  type EntityName,
  type FoundMany,
  issueTie,
  onlyAsked,
  type Page,
  type PageItem,
  type PageQuery,
  RELATION_TARGETS,
  type RelationName,
  type RelationTarget,
  SourceError,
} from '../kit/author.ts';
import type { LearntEntry } from '../kit/background-index.ts';
import type { KnownBugs } from './bug-cache.ts';
import type { BugIndex } from './bug-index.ts';
import { type Children, childrenOf } from './children.ts';
import { candidates, canFit, isFitting } from './filters.ts';
import { type BugName, bugOfCrash, parseIssueKey } from './ids.ts';
import type { ListedBugs } from './listed-bugs.ts';

/** Answers from the index, and by at most one request for a bug that it does not know. */
export class Queries {
  readonly #index: BugIndex;
  readonly #bugs: KnownBugs;
  readonly #listed: ListedBugs | null;

  constructor(index: BugIndex, bugs: KnownBugs, listed: ListedBugs | null) {
    this.#index = index;
    this.#bugs = bugs;
    this.#listed = listed;
  }

  async get<E extends EntityName>(entity: E, keys: readonly string[], call: Call): Promise<FoundMany<Entities[E]>> {
    keptBy(call, []);
    const found = new Map<string, { object: Entities[E]; time: string | null } | SourceError>();
    const faults: SourceError[] = [];
    for (const key of keys) {
      const failed = await this.#learn(entity, key, call);
      const row = this.#row(entity, key, call);
      if (row !== null) found.set(key, { object: onlyAsked<E>(row.object, call.fields), time: row.time });
      else if (failed !== null) {
        found.set(key, failed);
        faults.push(failed);
      }
    }
    const [fault] = faults;
    // The source as a whole could not answer.
    if (fault !== undefined && faults.length === found.size) throw fault;
    return found;
  }

  async list<E extends EntityName>(entity: E, query: PageQuery<E>, call: Call): Promise<Page<Entities[E]>> {
    keptBy(call, []);
    this.#bugs.lookAgain(call);
    let page = await this.#listNow(entity, query, call);
    // Where nothing is known at all a moment is well spent; whoever pages on is told at once that there is no more now.
    if (page.items.length === 0 && page.hasMore && query.after === null) {
      await this.#bugs.await(() => this.#index.entries.after(null, 1, entity).length > 0, call);
      page = await this.#listNow(entity, query, call);
    }
    if (page.items.length < query.first) this.#bugs.warnIfPartial(page.items.length === 0, call);
    return page;
  }

  async #listNow<E extends EntityName>(entity: E, query: PageQuery<E>, call: Call): Promise<Page<Entities[E]>> {
    if (call.signal.aborted) throw new SourceError('SOURCE_TIMEOUT', 'The call ended before it was answered.');
    const [sample] = this.#index.entries.after(null, 1, entity);
    const { where } = query;
    if (!canFit(entity, sample === undefined ? null : recordOf<E>(entity, sample), where)) {
      return { items: [], hasMore: false };
    }
    const among = await candidates(this.#index, entity, where);
    const isFilling = this.#bugs.isFilling;
    return this.#index.entries.page<Entities[E]>(
      query,
      (entry) => {
        const object = recordOf<E>(entity, entry);
        if (!isFitting(entity, object, where)) return null;
        keptBy(call, [entry]);
        return itemOf<E>(onlyAsked<E>(object, call.fields), entry.time);
      },
      { kind: entity, isFilling, ...(among === null ? {} : { among }) },
    );
  }

  async related<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Entities[RelationTarget<R>]> | SourceError>> {
    const target: RelationTarget<R> = RELATION_TARGETS[relation];
    const pages = new Map<string, Page<Entities[RelationTarget<R>]> | SourceError>();
    const children = await childrenOf(
      { index: this.#index, bugs: this.#bugs, listed: this.#listed, call },
      relation,
      parents,
    );
    for (const [parent, below] of children) {
      const page = this.#page<RelationTarget<R>>(target, below, query, call);
      pages.set(parent, page);
    }
    keptBy(call, []);
    const isEmpty = [...children.values()].every(({ entries, fault }) => entries.length === 0 && fault === null);
    if (relation.endsWith('OfRevision')) this.#bugs.warnIfPartial(isEmpty, call);
    const values = [...pages.values()];
    const [first] = values;
    if (first instanceof SourceError && values.every((page) => page instanceof SourceError)) throw first;
    return pages;
  }

  #page<E extends EntityName>(
    target: E,
    { entries, fault, isCut }: Children,
    query: PageQuery<E>,
    call: Call,
  ): Page<Entities[E]> | SourceError {
    if (fault !== null && entries.length === 0) return fault;
    if (fault !== null) call.warn(fault);
    keptBy(call, entries);
    const rows: PageItem<Entities[E]>[] = [];
    for (const entry of entries) {
      const object = recordOf<E>(target, entry);
      if (isFitting(target, object, query.where)) rows.push(itemOf<E>(onlyAsked<E>(object, call.fields), entry.time));
    }
    const page = pageOfRows<E>(rows, query);
    return isCut ? { ...page, hasMore: true } : page;
  }

  /** Reads the bug that a key belongs to, where it is not known; gives why that failed. */
  async #learn(entity: EntityName, key: string, call: Call): Promise<SourceError | null> {
    const name = bugNamed(entity, key);
    if (name === null) return this.#bugs.outage;
    try {
      await this.#bugs.get(name, call);
      return null;
    } catch (error) {
      if (error instanceof SourceError) return error;
      throw error;
    }
  }

  #row<E extends EntityName>(
    entity: E,
    key: string,
    call: Call,
  ): { readonly object: Entities[E]; readonly time: string | null } | null {
    const id = entity === 'issue' ? this.#issueId(key) : key;
    const entry = id === null ? undefined : this.#index.entries.get([id], entity).get(id);
    if (entry === undefined) return null;
    keptBy(call, [entry]);
    return { object: recordOf<E>(entity, entry), time: entry.time };
  }

  #issueId(key: string): string | null {
    const asked = parseIssueKey(key);
    const issue = asked === null ? undefined : this.#index.find(asked.name)?.issue;
    if (issue === undefined || (asked?.version ?? issue.version) !== issue.version) return null;
    return issue.id;
  }
}

/** All is in the index: how long ago the oldest of these was read. */
function keptBy(call: Call, entries: readonly { readonly learntAt: number }[]): void {
  const now = Date.now();
  const age = Math.max(0, ...entries.map(({ learntAt }) => now - learntAt));
  call.kept?.(age);
  // A list cannot read each bug again while somebody waits; the look-up of one bug does.
  if (call.maxAgeMs !== undefined && age > call.maxAgeMs) call.warn(OLDER);
}

const OLDER = new SourceError(
  'SOURCE_STALE',
  'The source was asked for newer answers: some of its bugs are shown as they were last read.',
);

/** Checkouts and builds do not tell which bug they were seen with. */
function bugNamed(entity: EntityName, key: string): BugName | null {
  if (entity === 'issue') return parseIssueKey(key)?.name ?? null;
  return entity === 'test' || entity === 'incident' ? bugOfCrash(key) : null;
}

/** A row in its place; issues have a tie of their own for each version. */
export function itemOf<E extends EntityName>(object: Entities[E], time: string | null): PageItem<Entities[E]> {
  const tie = 'version' in object ? issueTie(object.id, object.version) : object.id;
  return { object, time, tie };
}

/** Children of one parent, all of which are at hand: sorted, and sought in. */
export function pageOfRows<E extends EntityName>(
  rows: readonly PageItem<Entities[E]>[],
  { order, first, after }: PageQuery<E>,
): Page<Entities[E]> {
  const sorted = rows.toSorted((one, other) => comparePlaces(order, one, other));
  const behind = after === null ? sorted : sorted.filter((row) => comparePlaces(order, row, after) > 0);
  return { items: behind.slice(0, first), hasMore: behind.length > first };
}

/** The object of an entry of that kind: the index keeps each kind by itself. */
export function recordOf<E extends EntityName>(_kind: E, entry: LearntEntry<Entities[EntityName]>): Entities[E];
export function recordOf(_kind: EntityName, { record }: LearntEntry<Entities[EntityName]>): Entities[EntityName] {
  return record;
}
