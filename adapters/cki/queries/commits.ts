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
import { MAX_NO_MS, type MaxAge } from '../../kit/cache.ts';
import { ageOf, type Learnt } from '../record-store.ts';
import type { Sweep } from '../sweep.ts';
import { translateCheckout } from '../translate.ts';
import type { LookUp } from './look-up.ts';
import { stale } from './rows.ts';

/** Checkouts of commits that begin alike: more are not looked through. */
const MAX_PREFIX = 5_000;
/** Checkouts that one call reads again, where the client takes only what is newer than they are. */
const MAX_READ_AGAIN = 5;
const LONGEST_LOOK_MS = 3_000;
const LOOK_MARGIN_MS = 500;

type Item = Omit<PageItem<Checkout>, 'mark'>;
type Entry = LearntEntry<Json>;

export interface CommitsParts {
  readonly learnt: Learnt;
  readonly sweep: Sweep;
  readonly lookUp: LookUp;
  /** Of the last look for new checkouts. */
  readonly maxAge: MaxAge;
}

/** Checkouts out of the index; the source is asked for new ones where the index may lack what is asked for. */
export class Commits {
  readonly #parts: CommitsParts;

  constructor(parts: CommitsParts) {
    this.#parts = parts;
  }

  /** All checkouts, in the order in which they were learnt: as the source lists them, new ones in front. */
  async list(query: PageQuery<'checkout'>, call: Call): Promise<Page<Checkout>> {
    if (query.where?.gitCommitHash !== undefined) return await this.#fitting(query, call);
    const { learnt, sweep } = this.#parts;
    await this.#begun(call);
    // Whoever reads on is past the place where new ones stand.
    if (query.after === null) await this.#look(true, call);
    const options = { kind: 'checkout', isFilling: !sweep.isWhole };
    const page = learnt.checkouts.page<Checkout>(query, (entry) => itemOf(entry, call), options);
    if (page.items.length < query.first) this.#tellWhereItEnds(call);
    return page;
  }

  /** The checkouts of a commit, in lower case. */
  async of(hash: string, call: Call): Promise<Item[]> {
    const { checkouts } = this.#parts.learnt;
    const entries = await this.#entries(() => checkouts.find('commit', [hash], 'checkout').get(hash) ?? [], call);
    this.#tellWhereItEnds(call);
    return itemsOf(entries, call);
  }

  /** The checkouts that a filter of commits fits, the newest first. */
  async #fitting(query: PageQuery<'checkout'>, call: Call): Promise<Page<Checkout>> {
    const { in: hashes, prefix } = query.where?.gitCommitHash ?? {};
    const { checkouts } = this.#parts.learnt;
    const lower = hashes?.map((hash) => hash.toLowerCase());
    const entries = await this.#entries(
      () =>
        lower === undefined
          ? checkouts.startingWith('commit', (prefix ?? '').toLowerCase(), MAX_PREFIX, 'checkout')
          : [...checkouts.find('commit', lower, 'checkout').values()].flat(),
      call,
    );
    this.#tellWhereItEnds(call);
    const items = itemsOf(entries, call).filter(({ object }) => matches('checkout', object, query.where) === true);
    const read = async (offset: number, limit: number) => items.slice(offset, offset + limit);
    const page = await offsetPage<Checkout>({ ...query, pageSize: MAX_PREFIX }, read);
    return { ...page, hasMore: page.hasMore || !this.isWhole, ...(!this.isWhole && { pending: true as const }) };
  }

  get isWhole(): boolean {
    return this.#parts.sweep.isWhole;
  }

  /** What the index knows, after a look for new checkouts where it knows nothing, or for too long. */
  async #entries(find: () => readonly Entry[], call: Call): Promise<readonly Entry[]> {
    await this.#begun(call);
    await this.#look(find().length > 0, call);
    await this.#readAgain(find(), call);
    return find();
  }

  async #look(isKnown: boolean, call: Call): Promise<void> {
    const { sweep, maxAge } = this.#parts;
    const limit = Math.min(maxAge(call), isKnown ? Number.POSITIVE_INFINITY : MAX_NO_MS);
    // What is known is shown all the same, and soon.
    const deadline = Math.min(Date.now() + LONGEST_LOOK_MS, call.deadline - LOOK_MARGIN_MS);
    try {
      await sweep.look(limit, { ...call, deadline });
    } catch (error) {
      if (!(error instanceof SourceError) || call.signal.aborted) throw error;
      call.warn(stale(error));
    }
    if (!isKnown && Number.isFinite(sweep.age)) call.kept?.(sweep.age);
  }

  /** A client that asks for newer records than these is given newer ones, as far as one call may ask. */
  async #readAgain(entries: readonly Entry[], call: Call): Promise<void> {
    const { maxAgeMs } = call;
    if (maxAgeMs === undefined) return;
    const old = entries.filter((entry) => ageOf(entry) >= maxAgeMs);
    await Promise.all(old.slice(0, MAX_READ_AGAIN).map(({ key }) => this.#parts.lookUp.record('checkout', key, call)));
    if (old.length > MAX_READ_AGAIN) call.warn(stale(null));
  }

  /** That nothing is known since the source is down must not look like nothing being there. */
  async #begun(call: Call): Promise<void> {
    const { sweep } = this.#parts;
    await sweep.begun(call);
    if (sweep.outage !== null) throw sweep.outage;
  }

  #tellWhereItEnds(call: Call): void {
    const { leftOut } = this.#parts.sweep;
    if (leftOut !== null) call.warn(leftOut);
    if (this.isWhole) return;
    const message = 'Not all checkouts have been read yet: those that are still to come are missing.';
    call.warn(new SourceError('SOURCE_TRUNCATED', message));
  }
}

function itemOf(entry: Entry, call: Call): Item | null {
  call.kept?.(ageOf(entry));
  const found = translateCheckout(entry.record, call.warn);
  return found === null ? null : { ...found, tie: found.object.id };
}

function itemsOf(entries: readonly Entry[], call: Call): Item[] {
  const items = entries.map((entry) => itemOf(entry, call)).filter((item) => item !== null);
  return items.sort((one, other) => comparePlaces('NEWEST', one, other));
}
