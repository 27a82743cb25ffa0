import { issueTie } from '../../../adapters/contract/adapter.ts';
import type { Ancestry } from '../../../adapters/contract/filter.ts';
import type { Build, Entities, EntityName, Issue, Test } from '../../../adapters/contract/model.ts';

/** An object to serve. `time` is what lists sort it by; left out it is `startTime`, or null for what has none. */
export type ArrayDocument = {
  readonly [E in EntityName]: { readonly entity: E; readonly object: Entities[E]; readonly time?: string | null };
}[EntityName];

/** An object in its place. */
export interface Row<T> {
  readonly object: T;
  readonly time: string | null;
  readonly tie: string;
}

type Tables = { [E in EntityName]: Row<Entities[E]>[] };

/** The documents, in the order in which they arrived. */
export class ArrayRows {
  readonly #tables: Tables = { checkout: [], build: [], test: [], issue: [], incident: [] };

  constructor(documents: Iterable<ArrayDocument>) {
    this.add(...documents);
  }

  /** Adds documents; one whose key is there already takes its place. */
  add(...documents: readonly ArrayDocument[]): void {
    for (const document of documents) this.#put(document);
  }

  remove(entity: EntityName, id: string): void {
    const table = this.#tables[entity];
    for (let index = table.length - 1; index >= 0; index--) if (table[index]?.object.id === id) table.splice(index, 1);
  }

  /** All rows of an entity; of issues only the newest versions unless all are asked for. */
  all<E extends EntityName>(entity: E, allVersions = true): readonly Row<Entities[E]>[] {
    const table: Row<Entities[E]>[] = this.#tables[entity];
    if (entity !== 'issue' || allVersions) return table;
    return table.filter((row) => row.tie === this.#newestTie(row.object.id));
  }

  /** By key: an id; of issues `ID` for the newest version, or `VERSION@ID`. */
  find<E extends EntityName>(entity: E, key: string): Row<Entities[E]> | undefined {
    const table: Row<Entities[E]>[] = this.#tables[entity];
    const tie = entity === 'issue' ? this.#tieOfIssueKey(key) : key;
    return table.find((row) => row.tie === tie);
  }

  ancestryOf(entity: EntityName, object: Entities[EntityName]): Ancestry {
    if (entity === 'build') return this.#ofBuild(this.find('build', object.id)?.object ?? null, 'buildId', object.id);
    if (entity !== 'test') return {};
    const test: Test | undefined = this.find('test', object.id)?.object;
    const build = test === undefined ? null : (this.find('build', test.buildId)?.object ?? null);
    return { ...this.#ofBuild(build, 'testId', object.id), build };
  }

  #ofBuild(build: Build | null, child: 'buildId' | 'testId', id: string): Ancestry {
    return {
      checkout: build === null ? null : (this.find('checkout', build.checkoutId)?.object ?? null),
      hasIncident: this.#tables.incident.some((row) => row.object.present === true && row.object[child] === id),
    };
  }

  #put(document: ArrayDocument): void {
    const { entity, object } = document;
    const time = document.time !== undefined ? document.time : 'startTime' in object ? object.startTime : null;
    const tie = entity === 'issue' ? issueTie(object.id, object.version) : object.id;
    const row = { object: Object.freeze(object), time, tie };
    const table: Row<Entities[EntityName]>[] = this.#tables[entity];
    const index = table.findIndex((other) => other.tie === tie);
    if (index === -1) table.push(row);
    else table[index] = row;
  }

  #newestTie(id: string): string | undefined {
    let newest: Issue | undefined;
    for (const { object } of this.#tables.issue) {
      if (object.id === id && (newest === undefined || object.version > newest.version)) newest = object;
    }
    return newest && issueTie(id, newest.version);
  }

  #tieOfIssueKey(key: string): string | undefined {
    const { id, version } = parseIssueKey(key);
    return version === null ? this.#newestTie(id) : issueTie(id, version);
  }
}

/** `ID` or `VERSION@ID`; no origin has an `@`, so no id begins so. */
export function parseIssueKey(key: string): { readonly id: string; readonly version: number | null } {
  const match = /^(\d{1,16})@(.*)$/s.exec(key);
  return match === null ? { id: key, version: null } : { id: match[2] ?? '', version: Number(match[1]) };
}
