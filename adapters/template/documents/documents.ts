import {
  type Ancestry,
  comparePlaces,
  type Entities,
  type EntityName,
  type Incident,
  type Issue,
  issueTie,
  type Order,
  type Place,
} from '../../kit/author.ts';
import { type IssueKey, parseIssueKey } from '../ids.ts';

/** What a document says of an object. */
export interface Report<T> {
  readonly object: T;
  /** Its log excerpt, deflated, which the object lacks then; null where the object has its own, or none. */
  readonly excerpt: Uint8Array | null;
}

/** An object at its place in lists. */
export interface Row<T> extends Place, Report<T> {}

/** All objects of an entity: of issues every version. */
export interface Table<T> {
  /** By id; of issues by tie. */
  readonly byKey: ReadonlyMap<string, Row<T>>;
  readonly newest: readonly Row<T>[];
  readonly oldest: readonly Row<T>[];
}

export type Tables = { readonly [E in EntityName]: Table<Entities[E]> };

/** The rows of an entity by something that they name, newest first. */
export type Index<E extends EntityName> = ReadonlyMap<string, readonly Row<Entities[E]>[]>;

/** Who hangs on whom. */
export interface Indices {
  /** By `HASH` or `HASH+PATCHSET`. */
  readonly checkoutsOfRevision: Index<'checkout'>;
  /** By the commit, whatever the patches. */
  readonly checkoutsOfCommit: Index<'checkout'>;
  readonly buildsOfCheckout: Index<'build'>;
  readonly testsOfBuild: Index<'test'>;
  readonly incidentsOfBuild: Index<'incident'>;
  readonly incidentsOfTest: Index<'incident'>;
  readonly incidentsOfIssue: Index<'incident'>;
  readonly versionsOfIssue: Index<'issue'>;
  /** Of the newest versions and older ones. */
  readonly issuesOfRevision: Index<'issue'>;
}

/** What the files held at one time. Never changed: whoever reads it meanwhile reads one state. */
export class Documents {
  readonly tables: Tables;
  readonly indices: Indices;

  constructor(tables: Tables, indices: Indices) {
    this.tables = tables;
    this.indices = indices;
  }

  rows<E extends EntityName>(entity: E, order: Order): readonly Row<Entities[E]>[] {
    const table: Table<Entities[E]> = this.tables[entity];
    return order === 'NEWEST' ? table.newest : table.oldest;
  }

  /** By key: an id; of issues `ID` for the newest version, or `VERSION@ID`. */
  find<E extends EntityName>(entity: E, key: string): Row<Entities[E]> | undefined {
    const table: Table<Entities[E]> = this.tables[entity];
    return table.byKey.get(entity === 'issue' ? this.#tieOf(parseIssueKey(key)) : key);
  }

  isNewestVersion({ id, version }: Issue): boolean {
    return this.#newestVersion(id) === version;
  }

  /** What a build or a test hangs on, for filters that read it. */
  ancestryOf(entity: EntityName, object: Entities[EntityName]): Ancestry {
    if (entity === 'build')
      return { ...this.#ofBuild(object.id), hasIncident: this.#has('incidentsOfBuild', object.id) };
    if (!('environment' in object)) return {};
    return { ...this.#ofBuild(object.buildId), hasIncident: this.#has('incidentsOfTest', object.id) };
  }

  #ofBuild(id: string): Ancestry {
    const build = this.tables.build.byKey.get(id)?.object ?? null;
    const checkout = build === null ? null : (this.tables.checkout.byKey.get(build.checkoutId)?.object ?? null);
    return { build, checkout };
  }

  #has(index: 'incidentsOfBuild' | 'incidentsOfTest', id: string): boolean {
    const incidents: readonly Row<Incident>[] | undefined = this.indices[index].get(id);
    return incidents?.some(({ object }) => object.present === true) ?? false;
  }

  #tieOf({ id, version }: IssueKey): string {
    return issueTie(id, version ?? this.#newestVersion(id) ?? -1);
  }

  #newestVersion(id: string): number | undefined {
    const versions = this.indices.versionsOfIssue.get(id)?.map(({ object }) => object.version);
    return versions === undefined ? undefined : Math.max(...versions);
  }
}

/** Rows that stand newest first, in the order asked for. */
export function inOrder<T>(rows: readonly Row<T>[], order: Order): readonly Row<T>[] {
  return order === 'NEWEST' ? rows : rows.toSorted((one, other) => comparePlaces(order, one, other));
}
