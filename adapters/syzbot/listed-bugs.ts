import { setImmediate as turn } from 'node:timers/promises';
import type { BugIndex, KnownBug } from './bug-index.ts';
import type { Group, ListedBug } from './client.ts';
import { type BugName, nameOf } from './ids.ts';

/** A bug that is to be read, and why. */
export interface ToRead {
  readonly name: BugName;
  readonly namespace: string | null;
  /** The index does not know it. */
  readonly isUnknown: boolean;
  /** It stands in the list of open bugs; null where none of the lists told. */
  readonly isOpen: boolean | null;
}

export interface DueAfter {
  /** Milliseconds after which an open bug is read again. */
  readonly recheck: number;
  readonly freshness: number;
}

/** States of the bugs that each list has. */
const STATES: Readonly<Record<Group, readonly string[]>> = {
  open: ['open', 'unknown'],
  fixed: ['fix-pending', 'fixed', 'unknown'],
  invalid: ['invalid', 'unknown'],
};
const CLOSED_TIMES = 30;
const PORTION = 50;

/** The lists as they were read last, and what follows from them. */
export class ListedBugs {
  readonly #lists = new Map<string, { namespace: string; group: Group; rows: readonly ListedBug[] }>();
  readonly #fixedBy = new Map<string, BugName[]>();

  get size(): number {
    let size = 0;
    for (const { rows } of this.#lists.values()) size += rows.length;
    return size;
  }

  /** How many of the lists were read at least once. */
  get listCount(): number {
    return this.#lists.size;
  }

  set(namespace: string, group: Group, rows: readonly ListedBug[]): void {
    this.#lists.set(`${namespace}/${group}`, { namespace, group, rows });
    this.#fixedBy.clear();
    for (const { rows: all } of this.#lists.values()) {
      for (const { name, fixes } of all) {
        for (const hash of fixes) this.#fixedBy.set(hash, [...(this.#fixedBy.get(hash) ?? []), name]);
      }
    }
  }

  /** The listed bugs that a commit fixes. */
  fixedBy(hash: string): readonly BugName[] {
    return this.#fixedBy.get(hash) ?? [];
  }

  /** What is to be read, the most wanted first: unknown bugs, those that moved, those that were not looked at for long. */
  async plan(index: BugIndex, due: DueAfter): Promise<readonly ToRead[]> {
    const unknown: ToRead[] = [];
    const moved: ToRead[] = [];
    const listed = new Set<string>();
    const named = new Set<string>();
    for (const { namespace, group, rows } of this.#lists.values()) {
      const isOpen = group === 'open';
      for (const [at, { name }] of rows.entries()) {
        const known = index.find(name);
        // A bug that moves while the lists are read may stand in two of them.
        if (known === null) {
          if (!named.has(nameOf(name))) unknown.push({ name, namespace, isUnknown: true, isOpen });
          named.add(nameOf(name));
        } else {
          listed.add(known.issue.id);
          if (hasMoved(known, group, name, namespace)) moved.push({ name, namespace, isUnknown: false, isOpen });
        }
        if (at % PORTION === PORTION - 1) await turn();
      }
    }
    return [...unknown, ...moved, ...(await this.#due(index, listed, due))];
  }

  async #due(index: BugIndex, listed: ReadonlySet<string>, { recheck, freshness }: DueAfter): Promise<ToRead[]> {
    const due: { readonly learntAt: number; readonly read: ToRead }[] = [];
    const now = Date.now();
    let from: number | null = null;
    for (;;) {
      const entries = index.entries.after(from, PORTION, 'issue');
      for (const { record: issue, learntAt } of entries) {
        if (!('version' in issue)) continue;
        const isOpen = issue.misc?.state === 'open' || issue.misc?.state === 'fix-pending';
        const after = isOpen
          ? listed.has(issue.id)
            ? recheck
            : Math.min(recheck, 6 * freshness)
          : CLOSED_TIMES * recheck;
        if (now - learntAt < after) continue;
        due.push({
          learntAt,
          read: { name: { id: issue.id.slice(7) }, namespace: null, isUnknown: false, isOpen: null },
        });
      }
      from = entries.at(-1)?.sequence ?? from;
      if (entries.length < PORTION) break;
      await turn();
    }
    return due.sort((one, other) => one.learntAt - other.learntAt).map(({ read }) => read);
  }
}

/** It stands in another list than its state says, or under another name than the one known. */
function hasMoved({ issue, extids }: KnownBug, group: Group, name: BugName, namespace: string): boolean {
  const { state, namespace: its } = issue.misc ?? {};
  if (!STATES[group].some((one) => one === state)) return true;
  return ('extid' in name && extids[0] !== name.extid) || its !== namespace;
}
