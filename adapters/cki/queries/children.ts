import {
  type Build,
  type Call,
  type Checkout,
  comparePlaces,
  type Entities,
  type Found,
  type Incident,
  type IncludedObject,
  type Issue,
  issueTie,
  type Json,
  matches,
  offsetPage,
  type Page,
  type PageItem,
  type PageQuery,
  type RelationName,
  type RelationTarget,
  SourceError,
  type Test,
} from '../../kit/author.ts';
import type { PathName } from '../client.ts';
import { parseIssueKey, parseKey } from '../ids.ts';
import type { CkiOptions } from '../options.ts';
import { type Subject, translateBuild, translateIncident, translateIssue, translateTest } from '../translate.ts';
import type { Commits } from './commits.ts';
import type { Finders } from './look-up.ts';
import { occurrencesBelow, type RowList, type Rows } from './rows.ts';

type Below<R extends RelationName> = (
  parent: string,
  query: PageQuery<RelationTarget<R>>,
  call: Call,
) => Promise<Page<Entities[RelationTarget<R>]>>;

const NOTHING: Page<never> = { items: [], hasMore: false };

export interface ChildrenOptions {
  readonly options: CkiOptions;
  readonly rows: Rows;
  readonly commits: Commits;
  readonly finders: Finders;
  /** Rows that one request may ask for. */
  readonly pageSize: (path: PathName) => number;
}

/** What lies below something, one parent at a time. */
export class Children {
  readonly #given: ChildrenOptions;
  readonly #relations: { readonly [R in RelationName]: Below<R> };

  constructor(given: ChildrenOptions) {
    this.#given = given;
    const unknown = async (): Promise<never> => {
      throw new SourceError('SOURCE_UNSUPPORTED', 'The DataWarehouse does not know this relation.');
    };
    this.#relations = {
      checkoutsOfRevision: (parent, query, call) => this.#checkouts(parent, query, call),
      buildsOfCheckout: (parent, query, call) => this.#builds(parent, query, call),
      testsOfBuild: (parent, query, call) => this.#tests(parent, query, call),
      incidentsOfBuild: (id, query, call) => this.#incidents({ entity: 'build', id }, query, call),
      incidentsOfTest: (id, query, call) => this.#incidents({ entity: 'test', id }, query, call),
      versionsOfIssue: (parent, query, call) => this.#versions(parent, query, call),
      incidentsOfIssue: unknown,
      issuesOfRevision: unknown,
      buildsOfRevision: unknown,
      testsOfRevision: unknown,
      incidentsOfRevision: unknown,
      testsOfCheckout: unknown,
    };
  }

  of<R extends RelationName>(relation: R): Below<R> {
    return this.#relations[relation];
  }

  async issues(query: PageQuery<'issue'>, call: Call): Promise<Page<Issue>> {
    const list: RowList = { entity: 'issue', path: 'issues', id: null };
    return await this.#page(list, query, call, (raw) => {
      const found = translateIssue(raw, this.#given.options, call.warn);
      return found === null ? null : { ...found, tie: issueTie(found.object.id, found.object.version) };
    });
  }

  async #checkouts(parent: string, query: PageQuery<'checkout'>, call: Call): Promise<Page<Checkout>> {
    const { commits } = this.#given;
    const [hash = '', patchset = ''] = parent.toLowerCase().split('+');
    const { where, order, first, after } = query;
    const all = (await commits.of(hash, call)).filter(
      ({ object }) => (object.patchsetHash ?? '') === patchset && matches('checkout', object, where) === true,
    );
    const sorted = all.sort((one, other) => comparePlaces(order, one, other));
    const behind = after === null ? sorted : sorted.filter((item) => comparePlaces(order, item, after) > 0);
    const pending = !commits.isWhole;
    const hasMore = behind.length > first || pending;
    return { items: behind.slice(0, first), hasMore, ...(pending && { pending: true as const }) };
  }

  async #builds(parent: string, query: PageQuery<'build'>, call: Call): Promise<Page<Build>> {
    if (this.#isForeign(parent)) return NOTHING;
    const list: RowList = { entity: 'build', path: 'builds', id: parent };
    return await this.#page(list, query, call, (raw) =>
      child(translateBuild(raw, call.warn), ({ checkoutId }) => checkoutId === parent),
    );
  }

  async #tests(parent: string, query: PageQuery<'test'>, call: Call): Promise<Page<Test>> {
    if (this.#isForeign(parent)) return NOTHING;
    const list: RowList = { entity: 'test', path: 'tests', id: parent };
    return await this.#page(list, query, call, (raw) =>
      child(translateTest(raw, call.warn), ({ buildId }) => buildId === parent),
    );
  }

  async #incidents(subject: Subject, query: PageQuery<'incident'>, call: Call): Promise<Page<Incident>> {
    if (this.#isForeign(subject.id)) return NOTHING;
    const issues = new Map<string, IncludedObject>();
    const page = await this.#page<'incident'>(occurrencesBelow(subject), query, call, (raw) => {
      const found = translateIncident(raw, subject, this.#given.options, call.warn);
      if (found?.issue) issues.set(found.issue.id, { entity: 'issue', object: found.issue });
      return found === null ? null : { object: found.object, time: found.time, tie: found.object.id };
    });
    const named = new Set(page.items.map(({ object }) => object.issueId));
    return { ...page, included: [...issues.values()].filter(({ object }) => named.has(object.id)) };
  }

  async #versions(parent: string, query: PageQuery<'issue'>, call: Call): Promise<Page<Issue>> {
    if (parseIssueKey(parent, this.#given.options.origin) === null) return NOTHING;
    const found = await this.#given.finders.issue(parent, call);
    if (found === null) return NOTHING;
    const read = async (offset: number) => (offset === 0 ? [withTie(found)] : []);
    return await offsetPage({ ...query, pageSize: this.#given.pageSize('issues') }, read);
  }

  /** A parent of another form than ours is nobody's here: nothing is asked. */
  #isForeign(id: string): boolean {
    return parseKey('checkout', id, this.#given.options.origin)?.id !== id;
  }

  async #page<E extends 'build' | 'test' | 'issue' | 'incident'>(
    list: RowList,
    query: PageQuery<E>,
    call: Call,
    toItem: (raw: Json) => PageItem<Entities[E]> | null,
  ): Promise<Page<Entities[E]>> {
    const reader = this.#given.rows.reader(list, call);
    const page = await offsetPage<Entities[E]>(
      { ...query, pageSize: this.#given.pageSize(list.path) },
      async (offset, limit) => {
        const rows = await reader.read(offset, limit);
        return rows.map((raw) => (raw === null ? null : toItem(raw)));
      },
    );
    // The rows before it stand.
    if (reader.fault !== null) call.warn(reader.fault);
    return { ...page, items: withoutRepeats(page.items), hasMore: page.hasMore || reader.fault !== null };
  }
}

function withTie(found: Found<Issue>): PageItem<Issue> {
  return { ...found, tie: issueTie(found.object.id, found.object.version) };
}

function child<T extends { readonly id: string }>(
  found: Found<T> | null,
  isOwn: (object: T) => boolean,
): PageItem<T> | null {
  return found === null || !isOwn(found.object) ? null : { ...found, tie: found.object.id };
}

/** A row that moved while the pages were read came twice. */
function withoutRepeats<T>(items: readonly PageItem<T>[]): readonly PageItem<T>[] {
  const seen = new Set<string>();
  return items.filter(({ tie }) => !seen.has(tie) && seen.add(tie));
}
