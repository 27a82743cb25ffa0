import type { Call, Checkout, Found, Page, PageItem, PageQuery } from '../../kit/author.ts';
import { CheckoutList } from './checkout-list.ts';
import { CheckoutReader } from './checkout-reader.ts';
import { childPage } from './child-page.ts';
import type { LegacySource } from './source.ts';
import { warnOfFilling } from './truncated.ts';

/** Commits of one read: each has some hundred builds, of which the first is sought. */
export const MAX_COMMITS = 50;

/** Checkouts are commits: the system's own reports know no more of them. */
export class CheckoutQueries {
  readonly #source: LegacySource;
  readonly #reader: CheckoutReader;
  readonly #list: CheckoutList;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#reader = new CheckoutReader(source);
    this.#list = new CheckoutList(source);
  }

  async getMany(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, Found<Checkout>>> {
    const { checkouts, isFilling } = await this.#find(
      ids.flatMap((id) => this.#source.ids.commitOf(id) ?? []),
      call,
    );
    if (isFilling) warnOfFilling(call);
    const found = new Map<string, Found<Checkout>>();
    for (const id of ids) {
      const object = checkouts.get(this.#source.ids.commitOf(id) ?? '');
      if (object !== undefined) found.set(id, { object, time: object.startTime });
    }
    return found;
  }

  /** With patches nothing was ever built here: a key that names some has none. */
  async ofRevisions(
    parents: readonly string[],
    query: PageQuery<'checkout'>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Checkout>>> {
    const { ids } = this.#source;
    const commitOf = (key: string) => ids.commitOf(ids.checkout(key.toLowerCase()));
    const { checkouts, isFilling } = await this.#find(
      parents.flatMap((key) => commitOf(key) ?? []),
      call,
    );
    if (isFilling) warnOfFilling(call);
    const pages = new Map<string, Page<Checkout>>();
    for (const key of parents) {
      const commit = commitOf(key);
      if (commit === null) continue;
      const object = checkouts.get(commit);
      const children = object === undefined ? [] : [{ object, time: object.startTime, tie: object.id }];
      const { rows, hasMore } = childPage(children, query);
      pages.set(key, { items: rows, hasMore: hasMore || (object === undefined && isFilling) });
    }
    return pages;
  }

  async list(query: PageQuery<'checkout'>, call: Call): Promise<Page<Checkout>> {
    if (!(await this.#source.revisions.areKnown(call, this.#list.isMissing(query.where)))) {
      warnOfFilling(call);
      return { items: [], hasMore: true };
    }
    return await this.#source.client.read(call, async (statements) => {
      const { rows, hasMore } = await this.#list.page(query, statements, call);
      const commits = rows.map(({ commit }) => commit);
      const checkouts = await this.#reader.of(commits, (work) => work(statements), call);
      const items = rows.flatMap(({ commit, mark }): PageItem<Checkout>[] => {
        const object = checkouts.get(commit);
        return object === undefined ? [] : [{ object, time: object.startTime, tie: object.id, mark }];
      });
      return { items, hasMore };
    });
  }

  async #find(
    wanted: readonly string[],
    call: Call,
  ): Promise<{ readonly checkouts: ReadonlyMap<string, Checkout>; readonly isFilling: boolean }> {
    const { revisions, client } = this.#source;
    const commits = [...new Set(wanted)];
    const isUnknown = (commit: string) => revisions.revisionsOf(commit).length === 0;
    const isFilling = !(await revisions.areKnown(call, commits.some(isUnknown))) && commits.some(isUnknown);
    const known = commits.filter((commit) => !isUnknown(commit));
    const checkouts = new Map<string, Checkout>();
    for (let from = 0; from < known.length; from += MAX_COMMITS) {
      const some = known.slice(from, from + MAX_COMMITS);
      const made = await this.#reader.of(some, (work) => client.read(call, work), call);
      for (const [commit, object] of made) checkouts.set(commit, object);
    }
    return { checkouts, isFilling };
  }
}
