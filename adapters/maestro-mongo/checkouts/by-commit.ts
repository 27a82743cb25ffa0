import { setTimeout as delay } from 'node:timers/promises';
import type { Document } from 'bson';
import type { Filter } from 'mongodb';
import type { Call } from '../../adapter.ts';
import { SourceError } from '../../errors.ts';
import { toObjectId } from '../../kit/mongo/documents.ts';
import type { Shapes } from '../nodes/shapes.ts';
import { type CheckoutIndex, MAX_CHECKOUTS } from './checkout-index.ts';
import { type Commits, namingCommits } from './commits.ts';

export interface CommitQuery {
  readonly filter: Filter<Document>;
  /** Checkouts may be missing, since they are not known yet: said to `call.warn`. */
  readonly isPartial: boolean;
  /** The index of `_id` serves it. */
  readonly isById: boolean;
}

const COMMIT = 'data.kernel_revision.commit';
/** From then on all nodes name their commit in this field. */
const SINCE = Date.UTC(2023, 11, 15);
const LOOK_MS = 50;
/** Whoever asks while the index is filling waits so long for it, and at most half of his time. */
const LONGEST_WAIT_MS = 3_000;

/** How the checkouts of commits are asked for, in one read that scans nothing. */
export class ByCommit {
  readonly #index: CheckoutIndex;
  readonly #shapes: Shapes;

  constructor(index: CheckoutIndex, shapes: Shapes) {
    this.#index = index;
    this.#shapes = shapes;
  }

  async query(commits: Commits, call: Call): Promise<CommitQuery> {
    const { isSmall, indexed } = await this.#shapes.shape(call);
    if (isSmall) return { filter: namingCommits(commits), isPartial: false, isById: true };
    if (!this.#index.isComplete && indexed.has(COMMIT)) {
      const known = { _id: { $in: this.#index.find(commits).map(toObjectId) } };
      const named = namingCommits(commits, [COMMIT]);
      if (!this.#index.reachesBack(SINCE)) call.warn(stillFilling('from before December 2023 '));
      return { filter: { $or: [known, named] }, isPartial: false, isById: false };
    }
    await this.#wait(call);
    const ids = this.#index.find(commits);
    const isPartial = !this.#index.isComplete;
    if (isPartial) call.warn(stillFilling());
    else if (ids.length >= MAX_CHECKOUTS) call.warn(tooManyCheckouts());
    const known = { _id: { $in: ids.map(toObjectId) } };
    const sinceThen = { _id: { $gte: this.#index.unknownFrom }, ...namingCommits(commits) };
    return { filter: { $or: [known, sinceThen] }, isPartial, isById: true };
  }

  async #wait({ deadline, signal }: Call): Promise<void> {
    const until = Date.now() + Math.min(LONGEST_WAIT_MS, (deadline - Date.now()) / 2);
    while (!this.#index.isComplete && Date.now() < until && !signal.aborted) {
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

function stillFilling(which = ''): SourceError {
  const message = `The index of checkouts by commit is still being filled: older checkouts ${which}may be missing.`;
  return new SourceError('SOURCE_TRUNCATED', message);
}

function tooManyCheckouts(): SourceError {
  const message = `More than ${MAX_CHECKOUTS} checkouts fit the commits that were asked for: not all of them are given.`;
  return new SourceError('SOURCE_TRUNCATED', message);
}
