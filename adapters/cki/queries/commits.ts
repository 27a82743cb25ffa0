import {
  type Call,
  type Checkout,
  comparePlaces,
  type Json,
  matches,
  offsetPage,
  type Page,
  type PageItem,
  type PageQuery,
  SourceError,
} from '../../kit/author.ts';
import type { LearntEntry } from '../../kit/background-index.ts';
import type { Learnt } from '../learnt/learnt.ts';
import type { Sweep } from '../learnt/sweep.ts';
import { translateCheckout } from '../translate-checkout.ts';
import { stale } from './rows.ts';

/** Checkouts of commits that begin alike: more are not looked through. */
const MAX_PREFIX = 5_000;

type Item = Omit<PageItem<Checkout>, 'mark'>;

/** Checkouts out of the index, which asks nothing of the source. */
export class Commits {
  readonly #learnt: Learnt;
  readonly #sweep: Sweep;

  constructor(learnt: Learnt, sweep: Sweep) {
    this.#learnt = learnt;
    this.#sweep = sweep;
  }

  /** All checkouts, in the order in which they were learnt: as the source lists them, new ones in front. */
  async list(query: PageQuery<'checkout'>, call: Call): Promise<Page<Checkout>> {
    if (query.where?.gitCommitHash !== undefined) return await this.#fitting(query, call);
    await this.#begun(call);
    const options = { kind: 'checkout', isFilling: !this.#sweep.isWhole };
    const page = this.#learnt.checkouts.page<Checkout>(query, (entry) => itemOf(entry, call), options);
    if (page.items.length < query.first) this.#tellWhereItEnds(call);
    return page;
  }

  /** The checkouts of a commit, in lower case. */
  async of(hash: string, call: Call): Promise<Item[]> {
    await this.#begun(call);
    const entries = this.#learnt.checkouts.find('commit', [hash], 'checkout').get(hash) ?? [];
    this.#tellWhereItEnds(call);
    return itemsOf(entries, call);
  }

  /** The checkouts that a filter of commits fits, the newest first. */
  async #fitting(query: PageQuery<'checkout'>, call: Call): Promise<Page<Checkout>> {
    await this.#begun(call);
    const { in: hashes, prefix } = query.where?.gitCommitHash ?? {};
    const { checkouts } = this.#learnt;
    const lower = hashes?.map((hash) => hash.toLowerCase());
    const entries =
      lower === undefined
        ? checkouts.startingWith('commit', (prefix ?? '').toLowerCase(), MAX_PREFIX, 'checkout')
        : [...checkouts.find('commit', lower, 'checkout').values()].flat();
    this.#tellWhereItEnds(call);
    const items = itemsOf(entries, call).filter(({ object }) => matches('checkout', object, query.where) === true);
    const read = async (offset: number, limit: number) => items.slice(offset, offset + limit);
    const page = await offsetPage<Checkout>({ ...query, pageSize: MAX_PREFIX }, read);
    return { ...page, hasMore: page.hasMore || !this.#sweep.isWhole };
  }

  get isWhole(): boolean {
    return this.#sweep.isWhole;
  }

  /** That nothing is known since the source is down must not look like nothing being there. */
  async #begun(call: Call): Promise<void> {
    await this.#sweep.begun(call);
    if (this.#sweep.outage !== null) throw this.#sweep.outage;
  }

  #tellWhereItEnds(call: Call): void {
    const { leftOut, fault, isWhole } = this.#sweep;
    if (leftOut !== null) call.warn(leftOut);
    // What has come since is not known, and must not look as if it were not there.
    if (fault !== null) call.warn(stale(fault));
    if (isWhole) return;
    const message = 'Not all checkouts have been read yet: those that are still to come are missing.';
    call.warn(new SourceError('SOURCE_TRUNCATED', message));
  }
}

function itemOf(entry: LearntEntry<Json>, call: Call): Item | null {
  const found = translateCheckout(entry.record, call.warn);
  return found === null ? null : { ...found, tie: found.object.id };
}

function itemsOf(entries: readonly LearntEntry<Json>[], call: Call): Item[] {
  const items = entries.map((entry) => itemOf(entry, call)).filter((item) => item !== null);
  return items.sort((one, other) => comparePlaces('NEWEST', one, other));
}
