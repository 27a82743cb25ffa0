import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../contract/adapter.ts';
import { type Call, SourceError } from '../kit/author.ts';
import type { BugIndex, Bugs } from './bug-index.ts';
import { GROUPS, type Group, type SyzbotClient } from './client.ts';
import { type BugName, nameOf } from './ids.ts';
import { ListedBugs, type ToRead } from './listed-bugs.ts';
import type { SyzbotOptions } from './options.ts';

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** A list that could not be read is read again after so long. */
const LIST_AGAIN = 60_000;
/** A bug that cannot be read so often is left alone until a list is read anew, and then tried once each time. */
const MAX_FAILURES = 3;
/** Stale bugs that somebody asked for, at most. */
const MAX_WANTED = 1_000;
const READ_MS = 120_000;

export interface SweepParts {
  readonly client: SyzbotClient;
  readonly index: BugIndex;
  readonly bugs: Bugs;
  readonly log: Logger;
  readonly source: string;
}

interface DueList {
  readonly namespace: string;
  readonly group: Group;
  /** Of the monotonic clock. */
  dueAt: number;
  /** Of the monotonic clock; null before the first time. */
  readAt: number | null;
  fault: SourceError | null;
}

/**
 * Reads the lists whenever they are no longer fresh, and then bug after bug what the index lacks or holds for too long.
 * It asks one thing at a time, behind everybody who waits for an answer.
 */
export class Sweep {
  readonly listed = new ListedBugs();
  /** Closed bugs that are listed and not read, since the index is full. */
  leftOut = 0;
  readonly #options: SyzbotOptions;
  readonly #parts: SweepParts;
  #toRead: ToRead[] = [];
  #isListsTurn = false;
  #unknown = 0;
  /** Told in the log last: the same is not told again. */
  #noted: string | null = null;
  #stepFault: SourceError | null = null;
  readonly #wanted = new Map<string, BugName>();
  readonly #failures = new Map<string, number>();
  /** Bugs that are listed and could not be read, with the reason, since a list was read last. */
  readonly #unread = new Map<string, SourceError>();
  readonly #lists: readonly DueList[];
  #wake: (() => void) | null = null;

  constructor(options: SyzbotOptions, parts: SweepParts) {
    this.#options = options;
    this.#parts = parts;
    this.#lists = GROUPS.flatMap((group) =>
      options.namespaces.map((namespace) => ({ namespace, group, dueAt: 0, readAt: null, fault: null })),
    );
  }

  /** Why the sweep does not get on, or what it could not read; null where all is well. */
  get fault(): SourceError | null {
    return this.#stepFault ?? this.#lists.find(({ fault }) => fault !== null)?.fault ?? null;
  }

  /** Why nothing at all is known; null where something is, or nothing has failed, or there may be nothing. */
  get outage(): SourceError | null {
    if (this.#parts.index.entries.count('issue') > 0) return null;
    return this.fault ?? this.unread;
  }

  /** None of the lists could be read: there is nothing to wait for. */
  get isHeldUp(): boolean {
    return this.#lists.every(({ fault }) => fault !== null);
  }

  /** The bugs that are listed and could not be read, as one fault. */
  get unread(): SourceError | null {
    const [first] = this.#unread.values();
    if (first === undefined) return null;
    const count = this.#unread.size;
    const which = count === 1 ? '1 bug that is listed' : `${count} bugs that are listed`;
    const message = `${which} could not be read. ${first.message}`;
    return new SourceError('SOURCE_BAD_DATA', message, { cause: first });
  }

  /** Bugs are listed, or may be, that the index does not know. */
  get isFilling(): boolean {
    if (this.listed.listCount < this.#lists.length) return !this.#isFilled;
    return this.#unknown > 0;
  }

  /** Bugs that are listed and not known. */
  get unknown(): number {
    return this.#unknown;
  }

  /** What is known of it is old: it is read next. */
  want(name: BugName): void {
    if (this.#wanted.size < MAX_WANTED) this.#wanted.set(nameOf(name), name);
    this.#wake?.();
  }

  /** Lists that are older become due now; gives the age of the oldest of them in milliseconds, null where there is none. */
  readAgain(maxAge: number): number | null {
    const now = performance.now();
    const ages = this.#lists.flatMap((list) => {
      if (list.readAt === null || now - list.readAt <= maxAge || list.fault !== null) return [];
      list.dueAt = Math.min(list.dueAt, now);
      return [now - list.readAt];
    });
    if (ages.length === 0) return null;
    this.#wake?.();
    return Math.max(...ages);
  }

  /** Goes on until it is aborted. */
  async run(call: Call): Promise<void> {
    const { signal } = call;
    let pause = FIRST_PAUSE;
    while (!signal.aborted) {
      try {
        const wait = await this.#step(call);
        this.#stepFault = null;
        pause = FIRST_PAUSE;
        if (wait > 0) await this.#sleep(wait, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof SourceError)) throw error;
        this.#stepFault = error;
        this.#note(error);
        this.#parts.index.wake();
        await this.#sleep(Math.max(pause, error.retryAfterMs ?? 0), signal);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
      }
    }
  }

  /** Does the next thing; gives the milliseconds for which there is nothing to do. */
  async #step(call: Call): Promise<number> {
    const list = this.#nextList();
    // Between two lists goes a bug, so that there is something to show soon.
    this.#isListsTurn = !this.#isListsTurn || this.#toRead.length === 0;
    if (list.dueAt <= performance.now() && this.#isListsTurn) {
      await this.#readList(list, call);
      return 0;
    }
    const [asked] = this.#wanted.values();
    if (asked !== undefined) {
      this.#wanted.delete(nameOf(asked));
      await this.#parts.bugs.read(asked, withReadTime(call));
      return 0;
    }
    const next = this.#toRead.shift();
    if (next === undefined) return Math.max(1, Math.min(list.dueAt - performance.now(), 2 ** 31 - 1));
    await this.#read(next, call);
    return 0;
  }

  async #read(next: ToRead, call: Call): Promise<void> {
    const { index, bugs } = this.#parts;
    // An unknown one may have been asked for by somebody meanwhile.
    if (next.isUnknown && index.find(next.name) !== null) {
      this.#unread.delete(nameOf(next.name));
      this.#settled(next);
      return;
    }
    const isNew = next.isUnknown && this.#isFilled;
    const listed = next.namespace === null ? null : { namespace: next.namespace, isNew };
    try {
      const bug = await bugs.read(next.name, withReadTime(call), listed);
      this.#failures.delete(nameOf(next.name));
      if (bug !== null || !next.isUnknown) this.#unread.delete(nameOf(next.name));
      else this.#unread.set(nameOf(next.name), notShown(next.name));
      this.#settled(next);
    } catch (error) {
      if (call.signal.aborted || !(error instanceof SourceError) || error.code === 'SOURCE_RATE_LIMITED') {
        this.#toRead.unshift(next);
        throw error;
      }
      const failures = (this.#failures.get(nameOf(next.name)) ?? 0) + 1;
      this.#failures.set(nameOf(next.name), failures);
      // The others go first: it may be this bug that is to blame, and not the source.
      if (failures < MAX_FAILURES) this.#toRead.push(next);
      else {
        if (next.isUnknown) this.#unread.set(nameOf(next.name), error);
        this.#settled(next);
      }
      if (error.code !== 'SOURCE_BAD_DATA') throw error;
      this.#note(error);
    }
  }

  #settled(read: ToRead): void {
    if (read.isUnknown) this.#unknown -= 1;
    this.#markFilled();
  }

  #nextList(): DueList {
    return this.#lists.reduce((first, list) => (list.dueAt < first.dueAt ? list : first));
  }

  async #readList(list: DueList, call: Call): Promise<void> {
    const { client, index } = this.#parts;
    const { namespace, group } = list;
    try {
      const asked = performance.now();
      const rows = await client.group(namespace, group, withReadTime(call));
      list.readAt = asked;
      list.dueAt = performance.now() + this.#options.freshness;
      list.fault = null;
      this.listed.set(namespace, group, rows);
    } catch (error) {
      if (!(error instanceof SourceError) || error.code === 'SOURCE_RATE_LIMITED') throw error;
      // A list that is not there takes nothing from the others.
      list.dueAt = performance.now() + Math.min(this.#options.freshness, LIST_AGAIN);
      list.fault = error;
      if (error.code !== 'SOURCE_BAD_DATA') throw error;
      this.#note(error);
      index.wake();
      return;
    }
    await this.#plan();
    index.wake();
  }

  async #plan(): Promise<void> {
    const plan = await this.listed.plan(this.#parts.index, this.#options);
    // What failed too often is tried once each time.
    for (const [name, failures] of this.#failures) this.#failures.set(name, Math.min(failures, MAX_FAILURES - 1));
    // Each new one is put in front of all others: the newest is the first of its list, so it goes last.
    const isFull = this.#parts.index.isFull;
    const allUnknown = plan.filter(({ isUnknown }) => isUnknown);
    // What is read beyond the bounds pushes out what has to be read again then: closed bugs are left out.
    const unknown = allUnknown.filter(({ isOpen }) => !isFull || isOpen === true);
    this.leftOut = allUnknown.length - unknown.length;
    if (this.#isFilled) unknown.reverse();
    const named = new Set(unknown.map(({ name }) => nameOf(name)));
    for (const name of this.#unread.keys()) if (!named.has(name)) this.#unread.delete(name);
    this.#toRead = [...unknown, ...plan.filter(({ isUnknown }) => !isUnknown)];
    this.#unknown = unknown.length;
    this.#markFilled();
  }

  get #isFilled(): boolean {
    return this.#parts.index.entries.progress('filled') === true;
  }

  #markFilled(): void {
    if (this.#unknown > 0 || this.listed.listCount < this.#lists.length || this.#isFilled) return;
    this.#parts.index.entries.setProgress('filled', true);
  }

  #note(error: SourceError): void {
    const { log, source } = this.#parts;
    if (this.#noted !== error.message) log.warn({ source, err: error }, 'The sweep over the bugs is held up.');
    this.#noted = error.message;
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const isHeldUp = this.#stepFault !== null;
    if (this.#wanted.size === 0 || isHeldUp) {
      const either = !isHeldUp ? AbortSignal.any([signal, woken.signal]) : signal;
      await delay(ms, undefined, { signal: either }).catch(() => undefined);
    }
    this.#wake = null;
  }
}

function notShown(name: BugName): SourceError {
  return new SourceError('SOURCE_BAD_DATA', `The bug ${nameOf(name)} is listed, and its page is not shown.`);
}

function withReadTime(call: Call): Call {
  return { ...call, deadline: Date.now() + READ_MS };
}
