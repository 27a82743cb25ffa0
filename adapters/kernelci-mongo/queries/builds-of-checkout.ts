import { ObjectId } from 'bson';
import type { Build, BuildFilter, Call, Page, PageItem, PageQuery, StatusCounts } from '../../kit/author.ts';
import { timeOf } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import { distinctRevisions, ofRevisions, type Revision } from '../revision.ts';
import { BUILD_STATUSES } from '../translate-build.ts';
import { buildConditions } from './build-conditions.ts';
import { type BuildReader, warnOfBuild } from './build-reader.ts';
import { childPage } from './child-page.ts';
import type { LegacySource } from './source.ts';
import { StatusTally } from './status-tally.ts';
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

/** Builds below checkouts: some hundred each, which the index by revision leads to and none sorts by time. */
export class BuildsOfCheckout {
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

  /** Those of several checkouts in one list. */
  async list(parents: readonly string[], query: PageQuery<'build'>, call: Call): Promise<Page<Build>> {
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

  /** What pages are chosen from, by checkout. */
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
