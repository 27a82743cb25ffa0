import { type Document, ObjectId } from 'bson';
import {
  type Build,
  type BuildFilter,
  type Call,
  type Found,
  onlyAsked,
  type Page,
  type PageItem,
  type PageQuery,
  type StatusCounts,
} from '../../kit/author.ts';
import { idOf, timeOf, toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import { commitOf, type Ids } from '../ids.ts';
import { distinctRevisions, ofRevisions, type Revision, revisionKey, revisionOf } from '../revision.ts';
import { BUILD_STATUSES, StatusTally, statusCondition } from '../statuses.ts';
import { projectionOf, warnOfInvalidRecord } from '../translate.ts';
import { BUILD_FIELDS, BUILD_SOURCES, translateBuild } from '../translate-build.ts';
import { childPage, readablePage, type TimeRow, timeCondition, timePage } from './paging.ts';
import { type LegacySource, warnOfCut, warnOfFilling } from './source.ts';

/** Builds by id, and the list of all of them. */
export class BuildQueries {
  readonly #source: LegacySource;
  readonly #reader: BuildReader;
  readonly ofCheckout: BuildsOfCheckout;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#reader = new BuildReader(source);
    this.ofCheckout = new BuildsOfCheckout(source, this.#reader);
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

  /** Ordered by `created_on`, with which indexes begin. With a filter by commit, all builds are read and then sorted. */
  async list(query: PageQuery<'build'>, call: Call): Promise<Page<Build>> {
    const checkouts = this.#checkoutsIn(query.where);
    if (checkouts !== null) return await this.ofCheckout.list(checkouts, query, call);
    const conditions = buildConditions(this.#source, query.where);
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
      const translate = async (rows: readonly TimeRow[]) => {
        const documents = rows.map(({ document }) => document);
        const builds = await this.#reader.translate(documents, statements, call);
        return new Map([...builds.values()].map((build) => [build.id, build]));
      };
      return await readablePage(query, (stretch) => timePage(list, stretch, statements, call), translate);
    });
  }

  /** The checkouts that the filter selects, or null for all. */
  #checkoutsIn(where: BuildFilter | null): readonly string[] | null {
    const { checkoutId, gitCommitHash } = where ?? {};
    const sets: (readonly string[])[] = [];
    if (checkoutId !== undefined) sets.push(checkoutId.in.flatMap((id) => this.#source.ids.commitOf(id) ?? []));
    if (gitCommitHash?.in !== undefined) sets.push(gitCommitHash.in.map((hash) => hash.toLowerCase()));
    const [first, ...others] = sets;
    if (first === undefined) return null;
    const commits = [...new Set(first)].filter((commit) => others.every((other) => other.includes(commit)));
    return commits.map((commit) => this.#source.ids.checkout(commit));
  }
}

function isEmptyChoice(condition: Document): boolean {
  return Object.values(condition).some((value) => Array.isArray(value?.$in) && value.$in.length === 0);
}

const ROW_FIELDS = ['_id', 'job', 'git_branch', 'kernel', 'git_commit', 'created_on', 'status'];
const ROW_PROJECTION = Object.fromEntries(ROW_FIELDS.map((name) => [name, 1 as const]));
/** The maximum number of builds below the parents of one call. */
const MAX_ROWS = 100_000;

interface BuildRow {
  readonly hex: string;
  readonly time: string | null;
  readonly tie: string;
  readonly status: unknown;
}

/** Builds below checkouts: a few hundred each. The index by revision finds them, but none sorts them by time. */
class BuildsOfCheckout {
  readonly #source: LegacySource;
  readonly #reader: BuildReader;

  constructor(source: LegacySource, reader: BuildReader) {
    this.#source = source;
    this.#reader = reader;
  }

  async related(
    parents: readonly string[],
    query: PageQuery<'build'>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Build>>> {
    const below = await this.#revisionsBelow(parents, call);
    const pages = new Map<string, Page<Build>>();
    if (below.isFilling)
      for (const parent of below.unknown) pages.set(parent, { items: [], hasMore: true, pending: true });
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

  async count(
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

  /** The builds of several checkouts in one list. */
  async list(parents: readonly string[], query: PageQuery<'build'>, call: Call): Promise<Page<Build>> {
    const below = await this.#revisionsBelow(parents, call);
    const isLate = below.isFilling && below.unknown.length > 0;
    const filling = isLate && { pending: true as const };
    if (below.revisions.length === 0) return { items: [], hasMore: isLate, ...filling };
    return await this.#source.client.read(call, async (statements) => {
      const children = await this.#rows(below.revisions, query.where, statements, call);
      const all = parents.flatMap((parent) => children.get(parent) ?? []);
      const { rows, hasMore } = childPage(all, query);
      const builds = await this.#reader.byId(
        rows.map(({ hex }) => hex),
        statements,
        call,
      );
      return { items: itemsOf(rows, builds), hasMore: hasMore || isLate, ...filling };
    });
  }

  async #revisionsBelow(parents: readonly string[], call: Call) {
    const { ids, revisions } = this.#source;
    const of = (parent: string) => revisions.revisionsOf(ids.commitOf(parent) ?? '');
    const ours = parents.filter((parent) => ids.commitOf(parent) !== null);
    let unknown = ours.filter((parent) => of(parent).length === 0);
    const isFilling = !(await revisions.areKnown(call, unknown.length > 0)) && unknown.length > 0;
    unknown = ours.filter((parent) => of(parent).length === 0);
    if (isFilling && unknown.length > 0) warnOfFilling(call);
    return { revisions: distinctRevisions(ours.flatMap(of)), unknown, isFilling };
  }

  /** The rows from which pages are chosen, by checkout. */
  async #rows(
    revisions: readonly Revision[],
    where: BuildFilter | null,
    statements: Statements,
    call: Call,
  ): Promise<ReadonlyMap<string, readonly BuildRow[]>> {
    const conditions = [ofRevisions(revisions), ...buildConditions(this.#source, where)];
    const query = { projection: ROW_PROJECTION, limit: MAX_ROWS };
    const { documents, isCut } = await statements.find('build', { $and: conditions }, query);
    if (isCut) warnOfCut(call, 'builds below these checkouts');
    const commits = await this.#reader.commitsOf(documents, statements);
    const rows = new Map<string, BuildRow[]>();
    for (const document of documents) {
      const { ids } = this.#source;
      const commit = commits.get(document);
      if (commit === undefined || !(document._id instanceof ObjectId)) {
        warnOfBuild(document, ids, call);
        continue;
      }
      const hex = document._id.toHexString();
      const row = { hex, time: timeOf(document.created_on), tie: ids.build(hex), status: document.status };
      const checkout = ids.checkout(commit);
      rows.set(checkout, [...(rows.get(checkout) ?? []), row]);
    }
    return rows;
  }
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

const MAX_JOBS = 10_000;
const LOG_PROJECTION = { build_id: 1, errors: 1, warnings: 1, mismatches: 1 } as const;

/** Reads documents of builds and translates them. */
class BuildReader {
  readonly #source: LegacySource;

  constructor(source: LegacySource) {
    this.#source = source;
  }

  projection(call: Call): Readonly<Record<string, 1>> {
    return projectionOf(BUILD_FIELDS, BUILD_SOURCES, call.fields);
  }

  /** Reads by `_id`, which every collection has an index for. */
  async byId(hexes: readonly string[], statements: Statements, call: Call): Promise<ReadonlyMap<string, Build>> {
    if (hexes.length === 0) return new Map();
    const query = { projection: this.projection(call), limit: hexes.length };
    const filter = { _id: { $in: hexes.map(toObjectId) } };
    return await this.translate((await statements.find('build', filter, query)).documents, statements, call);
  }

  /** The builds of these documents, by `_id`. It omits invalid documents and warns of them. */
  async translate(
    documents: readonly Document[],
    statements: Statements,
    call: Call,
  ): Promise<ReadonlyMap<string, Build>> {
    const { ids, storage, revisions } = this.#source;
    revisions.recordBuilds(documents);
    const [commits, logs] = await Promise.all([
      this.commitsOf(documents, statements),
      this.#logsOf(documents, statements, call),
    ]);
    const builds = new Map<string, Build>();
    for (const document of documents) {
      const hex = document._id instanceof ObjectId ? document._id.toHexString() : null;
      const commit = commits.get(document) ?? null;
      if (hex === null || commit === null) {
        warnOfBuild(document, ids, call);
        continue;
      }
      const errorLog = logs.get(hex) ?? null;
      const build = translateBuild(document, { ids, storage, call, commit, errorLog });
      builds.set(hex, onlyAsked<'build'>(build, call.fields));
    }
    return builds;
  }

  /** The commit of each build: its own, else that of its job. */
  async commitsOf(documents: readonly Document[], statements: Statements): Promise<ReadonlyMap<Document, string>> {
    const without = documents.filter(({ git_commit }) => commitOf(git_commit) === null);
    const revisions = distinctRevisions(without.map(revisionOf));
    const ofJobs = new Map<string, string>();
    if (revisions.length > 0) {
      const query = { projection: { job: 1, git_branch: 1, kernel: 1, git_commit: 1 } as const, limit: MAX_JOBS };
      for (const job of (await statements.find('job', ofRevisions(revisions), query)).documents) {
        const [revision, commit] = [revisionOf(job), commitOf(job.git_commit)];
        if (revision !== null && commit !== null) ofJobs.set(revisionKey(revision), commit);
      }
    }
    const commits = new Map<Document, string>();
    for (const document of documents) {
      const revision = revisionOf(document);
      const commit =
        commitOf(document.git_commit) ?? (revision === null ? undefined : ofJobs.get(revisionKey(revision)));
      if (commit !== undefined) commits.set(document, commit);
    }
    return commits;
  }

  async #logsOf(
    documents: readonly Document[],
    statements: Statements,
    { fields }: Call,
  ): Promise<ReadonlyMap<string, Document>> {
    const ids = documents.map(({ _id }) => _id);
    if (!fields.has('logExcerpt') || ids.length === 0) return new Map();
    const query = { projection: LOG_PROJECTION, limit: 4 * ids.length };
    const { documents: logs } = await statements.find('error_logs', { build_id: { $in: ids } }, query);
    return new Map(logs.flatMap((log) => [[idOf(log.build_id) ?? '', log] as const]));
  }
}

/** Warns that a build is left out, and why. */
function warnOfBuild(document: Document, ids: Ids, call: Pick<Call, 'warn'>): void {
  const isIn = document._id instanceof ObjectId;
  const what = isIn ? 'it names no commit' : 'its `_id` is not of the type that the system gives';
  warnOfInvalidRecord(call, ids.build(idOf(document._id) ?? String(document._id)), `${what}, and it is left out.`);
}

/** The conditions on the document of a build. */
function buildConditions({ ids }: LegacySource, where: BuildFilter | null): Document[] {
  const conditions: Document[] = [];
  const { id, architecture, status, startTime } = where ?? {};
  const hexes = id?.in.flatMap((one) => ids.buildOf(one) ?? []);
  if (hexes !== undefined) conditions.push({ _id: { $in: hexes.map(toObjectId) } });
  if (architecture !== undefined) conditions.push({ arch: { $in: [...architecture.in] } });
  if (status !== undefined) conditions.push(statusCondition(BUILD_STATUSES, status.in));
  if (startTime !== undefined) conditions.push({ created_on: timeCondition(startTime) });
  return conditions;
}
