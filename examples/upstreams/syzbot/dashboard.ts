import type { DashboardBug, ShownCommit } from './bug.ts';

/** A row of a list. */
export interface ListedRow {
  readonly title: string;
  readonly link: string;
  readonly 'fix-commits'?: readonly ShownCommit[];
}

/** What the dashboard holds; it may change while it is asked. Lists have the order in which bugs were added. */
export class Dashboard {
  readonly namespaces: ReadonlySet<string>;
  readonly #bugs = new Map<string, DashboardBug>();
  readonly #byExtid = new Map<string, string>();

  constructor(bugs: readonly DashboardBug[], namespaces: readonly string[] = ['upstream']) {
    this.namespaces = new Set([...namespaces, ...bugs.map(({ namespace }) => namespace)]);
    for (const bug of bugs) this.put(bug);
  }

  get bugs(): readonly DashboardBug[] {
    return [...this.#bugs.values()];
  }

  put(bug: DashboardBug): void {
    this.#bugs.set(bug.page.id, bug);
    for (const extid of bug.extids) this.#byExtid.set(extid, bug.page.id);
  }

  /** In front of all others, as a bug that was reported just now. */
  report(bug: DashboardBug): void {
    const before = this.bugs;
    this.#bugs.clear();
    for (const one of [bug, ...before]) this.put(one);
  }

  remove(id: string): void {
    this.#bugs.delete(id);
  }

  /** By its id or any of its external ids. */
  find(name: string): DashboardBug | undefined {
    return this.#bugs.get(this.#byExtid.get(name) ?? name);
  }

  /** Null where it has no rows. */
  list(namespace: string, group: DashboardBug['group']): readonly ListedRow[] | null {
    const rows = this.bugs.filter((bug) => bug.namespace === namespace && bug.group === group && !bug.isHidden);
    return rows.length === 0 ? null : rows.map(rowOf);
  }
}

function rowOf({ page, extids }: DashboardBug): ListedRow {
  const extid = extids.at(-1);
  const link = extid === undefined ? `/bug?id=${page.id}` : `/bug?extid=${extid}`;
  const fixes = page['fix-commits'];
  return { title: page.title, link, ...(fixes === undefined ? {} : { 'fix-commits': fixes }) };
}
