import { type Document, ObjectId } from 'bson';
import type { Build, BuildFilter, Call, Found, Page, PageItem, PageQuery, StatusCounts } from '../../kit/author.ts';
import { idOf, timeOf, toObjectId } from '../../kit/mongo/values.ts';
import type { Statements } from '../client.ts';
import { distinctRevisions, ofRevisions, type Revision } from '../revision.ts';
import { statusCondition } from '../status-table.ts';
import { BUILD_STATUSES } from '../translate-build.ts';
import { BuildReader } from './build-reader.ts';
import { childPage } from './child-page.ts';
import { readablePage } from './readable-page.ts';
import type { LegacySource } from './source.ts';
import { StatusTally } from './status-tally.ts';
import { timeCondition } from './time-condition.ts';
import { type TimeRow, timePage } from './time-page.ts';
import { warnOfCut, warnOfFilling } from './truncated.ts';

const ROW_FIELDS = ['_id', 'job', 'git_branch', 'kernel', 'git_commit', 'created_on', 'status'];
const ROW_PROJECTION = Object.fromEntries(ROW_FIELDS.map((name) => [name, 1 as const]));
/** Builds below the parents of one call. */
const MAX_ROWS = 100_000;

interface BuildRow {
  readonly hex: string;
  readonly time: string | null;
  readonly tie: string;
  readonly status: unknown;
}

export class BuildQueries {
  readonly #source: LegacySource;
  readonly #reader: BuildReader;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#reader = new BuildReader(source);
  }

  async getMany(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, Found<Build>>> {
    const hexes = [...new Set(ids.flatMap((id) => this.#source.ids.buildOf(id) ?? []))];
    if (hexes.length === 0) return new Map();
    const builds = await this.#source.client.read(call, (statements) => this.#reader.byId(hexes, statements, call));
    const found = new Map<string, Found<Build>>();
    for (const id of ids) {
      const object = builds.get(this.#source.ids.buildOf(id) ?? '');
      if (object !== undefined) found.set(id, { object, time: object.startTime });
    }
    return found;
  }

  async list(query: PageQuery<'build'>, call: Call): Promise<Page<Build>> {
    const commits = this.#commitsIn(query.where);
    if (commits !== null) return await this.#listOf(commits, query, call);
    const conditions = this.#own(query.where);
    if (conditions.some((condition) => isEmptyChoice(condition))) return { items: [], hasMore: false };
    return await this.#source.client.read(call, async (statements) => {
      const list = {
        collection: 'build',
        prefix: this.#source.ids.build(''),
        filter: conditions.length === 0 ? {} : { $and: conditions },
        projection: this.#reader.projection(call),
        order: query.order,
        withoutTime: query.where?.startTime === undefined,
      } as const;
      const made = async (rows: readonly TimeRow[]) => {
        const documents = rows.map(({ document }) => document);
        const builds = await this.#reader.made(documents, statements, call);
        return new Map([...builds.values()].map((build) => [build.id, build]));
      };
      return await readablePage(query, (stretch) => timePage(list, stretch, statements, call), made);
    });
  }

  /** Builds of commits: some hundred each, which no index sorts by time. */
  async #listOf(commits: readonly string[], query: PageQuery<'build'>, call: Call): Promise<Page<Build>> {
    const parents = commits.map((commit) => this.#source.ids.checkout(commit));
    const below = await this.#revisionsBelow(parents, call);
    const isLate = below.isFilling && below.unknown.length > 0;
    if (below.revisions.length === 0) return { items: [], hasMore: isLate };
    return await this.#source.client.read(call, async (statements) => {
      const children = await this.#rows(below.revisions, query.where, statements, call);
      const all = parents.flatMap((parent) => children.get(parent) ?? []);
      const { rows, hasMore } = childPage(all, query);
      const builds = await this.#reader.byId(
        rows.map(({ hex }) => hex),
        statements,
        call,
      );
      return { items: itemsOf(rows, builds), hasMore: hasMore || isLate };
    });
  }

  async ofCheckouts(
    parents: readonly string[],
    query: PageQuery<'build'>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Build>>> {
    const below = await this.#revisionsBelow(parents, call);
    const pages = new Map<string, Page<Build>>();
    if (below.isFilling) for (const parent of below.unknown) pages.set(parent, { items: [], hasMore: true });
    if (below.revisions.length === 0) return pages;
    return await this.#source.client.read(call, async (statements) => {
      const children = await this.#rows(below.revisions, query.where, statements, call);
      const chosen = parents.map((parent) => [parent, childPage(children.get(parent) ?? [], query)] as const);
      const hexes = [...new Set(chosen.flatMap(([, { rows }]) => rows.map(({ hex }) => hex)))];
      const builds = await this.#reader.byId(hexes, statements, call);
      for (const [parent, { rows, hasMore }] of chosen) {
        if (rows.length > 0) pages.set(parent, { items: itemsOf(rows, builds), hasMore });
      }
      return pages;
    });
  }

  async countOfCheckouts(
    parents: readonly string[],
    where: BuildFilter | null,
    call: Call,
  ): Promise<ReadonlyMap<string, StatusCounts>> {
    const { revisions } = await this.#revisionsBelow(parents, call);
    if (revisions.length === 0) return new Map();
    const tally = new StatusTally(BUILD_STATUSES);
    const children = await this.#source.client.read(call, (statements) =>
      this.#rows(revisions, where, statements, call),
    );
    for (const parent of parents) for (const { status } of children.get(parent) ?? []) tally.add(parent, status, 1);
    return tally.counts;
  }

  async #revisionsBelow(parents: readonly string[], call: Call) {
    const { ids, revisions } = this.#source;
    const of = (parent: string) => revisions.revisionsOf(ids.commitOf(parent) ?? '');
    const ours = parents.filter((parent) => ids.commitOf(parent) !== null);
    let unknown = ours.filter((parent) => of(parent).length === 0);
    const isFilling = unknown.length > 0 && !(await revisions.areKnown(call));
    unknown = ours.filter((parent) => of(parent).length === 0);
    if (isFilling && unknown.length > 0) warnOfFilling(call);
    return { revisions: distinctRevisions(ours.flatMap(of)), unknown, isFilling };
  }

  /** What pages are chosen from, by checkout. */
  async #rows(
    revisions: readonly Revision[],
    where: BuildFilter | null,
    statements: Statements,
    call: Call,
  ): Promise<ReadonlyMap<string, readonly BuildRow[]>> {
    const conditions = [ofRevisions(revisions), ...this.#own(where)];
    const query = { projection: ROW_PROJECTION, limit: MAX_ROWS };
    const { documents, isCut } = await statements.find('build', { $and: conditions }, query);
    if (isCut) warnOfCut(call, 'builds below these checkouts');
    const commits = await this.#reader.commitsOf(documents, statements);
    const rows = new Map<string, BuildRow[]>();
    for (const document of documents) {
      const [hex, commit] = [idOf(document._id), commits.get(document)];
      if (hex === null || commit === undefined || !(document._id instanceof ObjectId)) continue;
      const { ids } = this.#source;
      const row = { hex, time: timeOf(document.created_on), tie: ids.build(hex), status: document.status };
      const checkout = ids.checkout(commit);
      rows.set(checkout, [...(rows.get(checkout) ?? []), row]);
    }
    return rows;
  }

  /** The commits whose builds are asked for; null where all are. */
  #commitsIn(where: BuildFilter | null): readonly string[] | null {
    const { checkoutId, gitCommitHash } = where ?? {};
    const sets: (readonly string[])[] = [];
    if (checkoutId !== undefined) sets.push(checkoutId.in.flatMap((id) => this.#source.ids.commitOf(id) ?? []));
    if (gitCommitHash?.in !== undefined) sets.push(gitCommitHash.in.map((hash) => hash.toLowerCase()));
    const [first, ...others] = sets;
    if (first === undefined) return null;
    return [...new Set(first)].filter((commit) => others.every((other) => other.includes(commit)));
  }

  /** What a build's own document is held against. */
  #own(where: BuildFilter | null): Document[] {
    const conditions: Document[] = [];
    const { id, architecture, status, startTime } = where ?? {};
    const hexes = id?.in.flatMap((one) => this.#source.ids.buildOf(one) ?? []);
    if (hexes !== undefined) conditions.push({ _id: { $in: hexes.map(toObjectId) } });
    if (architecture !== undefined) conditions.push({ arch: { $in: [...architecture.in] } });
    if (status !== undefined) conditions.push(statusCondition(BUILD_STATUSES, status.in));
    if (startTime !== undefined) conditions.push({ created_on: timeCondition(startTime) });
    return conditions;
  }
}

function isEmptyChoice(condition: Document): boolean {
  return Object.values(condition).some((value) => Array.isArray(value?.$in) && value.$in.length === 0);
}

function itemsOf(
  rows: readonly { readonly hex: string; readonly time: string | null; readonly tie: string }[],
  builds: ReadonlyMap<string, Build>,
): readonly PageItem<Build>[] {
  return rows.flatMap(({ hex, time, tie }) => {
    const object = builds.get(hex);
    return object === undefined ? [] : [{ object, time, tie }];
  });
}
