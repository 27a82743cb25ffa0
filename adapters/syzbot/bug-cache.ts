import { type Call, SourceError } from '../kit/author.ts';
import type { MaxAge } from '../kit/cache.ts';
import type { BugIndex, Bugs, KnownBug } from './bug-index.ts';
import type { BugName } from './ids.ts';
import type { SyzbotOptions } from './options.ts';
import type { Sweep } from './sweep.ts';

/** Something that is so much older than it should be is told to be old. */
const STALE_TIMES = 3;
/** Left of a call's time for its answer. */
const READ_MARGIN_MS = 200;

export interface KnownBugsParts {
  readonly options: SyzbotOptions;
  readonly index: BugIndex;
  readonly bugs: Bugs;
  /** Of a bug that is asked for. */
  readonly maxAge: MaxAge;
  /** Null where the source is offline. */
  readonly sweep: Sweep | null;
}

/** Bugs for those who wait for an answer. */
export class KnownBugs {
  readonly #parts: KnownBugsParts;

  constructor(parts: KnownBugsParts) {
    this.#parts = parts;
  }

  /** From the index, where it is known and not too old. Else by one request, and while that fails from the index. */
  async get(name: BugName, call: Call): Promise<KnownBug | null> {
    const { index, bugs, maxAge, options } = this.#parts;
    const known = index.find(name);
    if (known === null) return await bugs.read(name, call, null, maxAge(call));
    if (ageOf(known) >= maxAge(call)) return await this.#readAgain(known, call);
    call.kept?.(ageOf(known));
    if (ageOf(known) > STALE_TIMES * options.recheck && isOpen(known)) call.warn(stale(known, null));
    return known;
  }

  async #readAgain(known: KnownBug, call: Call): Promise<KnownBug | null> {
    const { bugs, sweep, options } = this.#parts;
    const name = { id: known.issue.id.slice('syzbot:'.length) };
    let cause: SourceError | null = null;
    // What is only good to have waits for nobody.
    if (call.startBy === undefined) {
      const deadline = Math.min(Date.now() + options.patience, call.deadline - READ_MARGIN_MS);
      try {
        return await bugs.read(name, { ...call, deadline });
      } catch (error) {
        if (!(error instanceof SourceError) || call.signal.aborted) throw error;
        cause = error;
      }
    }
    sweep?.want(name);
    call.kept?.(ageOf(known));
    call.warn(stale(known, cause));
    return known;
  }

  /** Waits a moment for the first that is learnt, where `isThere` finds nothing yet and the index is being filled. */
  async await(isThere: () => boolean, call: Call): Promise<void> {
    const { index, sweep, options } = this.#parts;
    const until = Math.min(Date.now() + options.patience, call.deadline - 200);
    while (sweep?.isFilling && !sweep.isHeldUp && !isThere() && !call.signal.aborted) {
      const left = until - Date.now();
      if (left <= 0) return;
      await index.learnt(left, call.signal);
    }
  }

  /** A client that takes only newer lists than these is told of it, and they are read again. */
  lookAgain({ maxAgeMs, ...call }: Call): void {
    const { sweep } = this.#parts;
    if (maxAgeMs === undefined || sweep === null) return;
    const age = sweep.readAgain(maxAgeMs);
    if (age === null) return;
    const message = `The lists of bugs were last read ${inWords(age)} ago, and are being read again.`;
    call.warn(new SourceError('SOURCE_STALE', message));
  }

  get isFilling(): boolean {
    return this.#parts.sweep?.isFilling ?? false;
  }

  /** Why nothing at all is known: whatever is asked for, that it is not known does not mean that it is not there. */
  get outage(): SourceError | null {
    return this.#parts.sweep?.outage ?? null;
  }

  /**
   * Tells, once an answer, that there may be more than the index knows by now.
   * @throws {SourceError} where nothing is known at all since the source failed
   */
  warnIfPartial(isEmpty: boolean, call: Call): void {
    const { sweep, index } = this.#parts;
    if (isEmpty && this.outage !== null) throw this.outage;
    const isPartial = sweep === null ? index.entries.progress('filled') !== true : sweep.isFilling || sweep.leftOut > 0;
    if (isPartial) call.warn(new SourceError('SOURCE_TRUNCATED', `${this.reach()} There may be more.`));
    if (sweep === null) return;
    const { fault, unread } = sweep;
    if (unread !== null) call.warn(unread);
    if (fault === null || isPartial) return;
    const message = `The source failed: what is known of its bugs from before is shown. ${fault.message}`;
    call.warn(new SourceError('SOURCE_STALE', message, { cause: fault }));
  }

  /** How far the index reaches, as a sentence. */
  reach(): string {
    const { sweep, index } = this.#parts;
    const known = index.entries.count('issue');
    if (sweep === null) return `The source is offline: its index knows ${known} bugs.`;
    const left = sweep.leftOut === 0 ? '' : ` It is full (maxEntries, maxBytes): ${sweep.leftOut} more are listed.`;
    const unread = sweep.unread === null ? '' : ` ${sweep.unread.message}`;
    if (!sweep.isFilling) return `The index knows ${known} bugs.${left}${unread}`;
    const why = sweep.fault === null ? '' : ` It is held up: ${sweep.fault.message}`;
    if (sweep.listed.listCount === 0) return `The index has just begun to be filled, and knows ${known} bugs.${why}`;
    return `The index is still being filled: it knows ${known} bugs, and ${sweep.unknown} more are listed.${why}`;
  }
}

function ageOf({ learntAt }: KnownBug): number {
  return Math.max(0, Date.now() - learntAt);
}

function stale(known: KnownBug, cause: SourceError | null): SourceError {
  const { id } = known.issue;
  const message = `What is known of ${id} was last read ${inWords(ageOf(known))} ago.`;
  return new SourceError('SOURCE_STALE', message, cause === null ? { id } : { id, cause });
}

function inWords(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} seconds`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 3_600_000)} hours`;
}

function isOpen({ issue }: KnownBug): boolean {
  return issue.misc?.state === 'open' || issue.misc?.state === 'fix-pending';
}
