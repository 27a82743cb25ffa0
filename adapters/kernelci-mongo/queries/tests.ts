import { type Document, ObjectId } from 'bson';
import {
  type Call,
  comparePlaces,
  type Found,
  type Order,
  type Page,
  type PageItem,
  type PageQuery,
  type StatusCounts,
  type Test,
  type TestFilter,
} from '../../kit/author.ts';
import { idOf, textOf, timeOf, toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import type { TestKey } from '../ids.ts';
import { BOOT_STATUSES, StatusTally, statusCondition, TEST_STATUSES } from '../statuses.ts';
import { warnOfInvalidRecord } from '../translate.ts';
import { childPage, type Rows, readablePage, type TimeRow, type TimeRows, timeCondition, timePage } from './paging.ts';
import { type LegacySource, warnOfCut } from './source.ts';
import { type Descendants, findDescendants, type Surroundings, TestReader } from './test-reader.ts';

type RowRange = Pick<PageQuery<'test'>, 'first' | 'after'>;
type TestRow = TimeRow & Pick<TestKey, 'collection'>;

const caseRow = (row: TimeRow): TestRow => ({ ...row, collection: 'test_case' });
const bootRow = (row: TimeRow): TestRow => ({ ...row, collection: 'boot' });
const NO_ROWS: TimeRows = { rows: [], hasMore: false };

/** Tests by id, and the list of all of them; those below builds are read by `TestsOfBuild`. */
export class TestQueries {
  readonly #source: LegacySource;
  readonly #reader: TestReader;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#reader = new TestReader(source);
  }

  async getMany(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, Found<Test>>> {
    const hexes = (collection: TestKey['collection']) => {
      const keys = ids.flatMap((id) => this.#source.ids.testOf(id) ?? []);
      return [...new Set(keys.filter((key) => key.collection === collection).map(({ hex }) => hex))];
    };
    const [caseIds, bootIds] = [hexes('test_case'), hexes('boot')];
    if (caseIds.length + bootIds.length === 0) return new Map();
    const tests = await this.#source.client.read(call, async (statements) => {
      const [cases, boots] = await Promise.all([
        this.#reader.byId('test_case', caseIds, statements, call),
        this.#reader.byId('boot', bootIds, statements, call),
      ]);
      const surroundings = this.#reader.surroundings(statements, call);
      return await this.#reader.translate({ cases, boots }, surroundings, statements, call);
    });
    const found = new Map<string, Found<Test>>();
    for (const id of ids) {
      const object = tests.get(id);
      if (object !== undefined) found.set(id, { object, time: object.startTime });
    }
    return found;
  }

  /** Ordered by `created_on`: an index of both collections begins with it. */
  async list(query: PageQuery<'test'>, call: Call): Promise<Page<Test>> {
    const builds = query.where?.buildId?.in.flatMap((id) => this.#source.ids.buildOf(id) ?? []);
    if (builds?.length === 0) return { items: [], hasMore: false };
    return await this.#source.client.read(call, async (statements) => {
      const below =
        builds === undefined
          ? null
          : await findDescendants(this.#source, this.#reader, [...new Set(builds)], statements, call);
      const surroundings: Surroundings = below ?? this.#reader.surroundings(statements, call);
      const fetch = async (stretch: RowRange) => {
        const [cases, boots] = await Promise.all([
          this.#page('test_case', { ...query, ...stretch }, below, statements, call),
          this.#page('boot', { ...query, ...stretch }, below, statements, call),
        ]);
        return mergePages([...cases.rows.map(caseRow), ...boots.rows.map(bootRow)], stretch.first, query.order, [
          cases,
          boots,
        ]);
      };
      const translate = (rows: readonly TestRow[]) => {
        const documents = (collection: TestKey['collection']) =>
          rows.filter((row) => row.collection === collection).map(({ document }) => document);
        const given = { cases: documents('test_case'), boots: documents('boot') };
        return this.#reader.translate(given, surroundings, statements, call);
      };
      return await readablePage(query, fetch, translate);
    });
  }

  async #page(
    collection: TestKey['collection'],
    query: PageQuery<'test'>,
    below: Descendants | null,
    statements: Statements,
    call: Call,
  ): Promise<TimeRows> {
    if (collection === 'boot' && !this.#source.boots) return NO_ROWS;
    const conditions = testConditions(this.#source, collection, query.where);
    if (below !== null) conditions.push(belowBuilds(collection, below));
    // Before August 2018 tests were in suites, which are not stored with the groups: their builds are not known.
    else if (collection === 'test_case') conditions.push({ test_suite_id: null });
    if (conditions.some((condition) => isEmptyChoice(condition))) return NO_ROWS;
    const list = {
      collection,
      prefix: this.#source.ids.testPrefix(collection),
      filter: conditions.length === 0 ? {} : { $and: conditions },
      projection: this.#reader.projection(collection, call),
      order: query.order,
      withoutTime: query.where?.startTime === undefined,
      // Otherwise a server could scan all tests by time for those of some groups.
      ...(below === null || collection === 'boot'
        ? {}
        : { hint: await statements.hint(collection, { test_group_id: 1 }) }),
    };
    return await timePage(list, query, statements, call);
  }
}

function mergePages(rows: readonly TestRow[], first: number, order: Order, pages: readonly TimeRows[]): Rows<TestRow> {
  const sorted = rows.toSorted((one, other) => comparePlaces(order, one, other));
  return { rows: sorted.slice(0, first), hasMore: sorted.length > first || pages.some(({ hasMore }) => hasMore) };
}

/** The conditions on the document of a test. */
function testConditions(
  { ids }: LegacySource,
  collection: TestKey['collection'],
  where: TestFilter | null,
): Document[] {
  const conditions: Document[] = [];
  const { id, status, startTime } = where ?? {};
  const keys = id?.in.flatMap((one) => ids.testOf(one) ?? []).filter((key) => key.collection === collection);
  if (keys !== undefined) conditions.push({ _id: { $in: keys.map(({ hex }) => toObjectId(hex)) } });
  const table = collection === 'boot' ? BOOT_STATUSES : TEST_STATUSES;
  if (status !== undefined) conditions.push(statusCondition(table, status.in));
  if (startTime !== undefined) conditions.push({ created_on: timeCondition(startTime) });
  return conditions;
}

function belowBuilds(collection: TestKey['collection'], { buildOfGroup, boots }: Descendants): Document {
  if (collection === 'boot') return { _id: { $in: boots.map(({ document }) => document._id) } };
  return { test_group_id: { $in: [...buildOfGroup.keys()].map(toObjectId) } };
}

function isEmptyChoice(condition: Document): boolean {
  return Object.values(condition).some((value) => Array.isArray(value?.$in) && value.$in.length === 0);
}

/** Up to this number, tests are read with all fields at once; beyond it, a first read chooses the page's rows. */
const MAX_DOCUMENTS = 2000;
const MAX_ROWS = 200_000;
const ROW_PROJECTION = { _id: 1, test_group_id: 1, created_on: 1 } as const;

interface ChildRow extends TestKey {
  readonly build: string;
  readonly time: string | null;
  readonly tie: string;
  readonly document: Document;
}

/** Tests below builds: those of the groups that ran on them, and boots. */
export class TestsOfBuild {
  readonly #source: LegacySource;
  readonly #reader: TestReader;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#reader = new TestReader(source);
  }

  async related(
    parents: readonly string[],
    query: PageQuery<'test'>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Test>>> {
    const hexes = this.#hexes(parents);
    if (hexes.length === 0) return new Map();
    return await this.#source.client.read(call, async (statements) => {
      const below = await findDescendants(this.#source, this.#reader, hexes, statements, call);
      const { rows, isComplete } = await this.#rows(below, query.where, statements, call);
      const chosen = parents.map((parent) => {
        const build = this.#source.ids.buildOf(parent);
        return [parent, childPage(build === null ? [] : (rows.get(build) ?? []), query)] as const;
      });
      const wanted = chosen.flatMap(([, page]) => page.rows);
      const cases = wanted.filter(({ collection }) => collection === 'test_case');
      const documents = isComplete
        ? cases.map(({ document }) => document)
        : await this.#reader.byId('test_case', [...new Set(cases.map(({ hex }) => hex))], statements, call);
      const boots = wanted.filter(({ collection }) => collection === 'boot').map(({ document }) => document);
      const tests = await this.#reader.translate({ cases: documents, boots }, below, statements, call);
      const pages = new Map<string, Page<Test>>();
      for (const [parent, page] of chosen) {
        const items = page.rows.flatMap(({ time, tie }): PageItem<Test>[] => {
          const object = tests.get(tie);
          return object === undefined ? [] : [{ object, time, tie }];
        });
        if (items.length > 0) pages.set(parent, { items, hasMore: page.hasMore });
      }
      return pages;
    });
  }

  async count(
    parents: readonly string[],
    where: TestFilter | null,
    call: Call,
  ): Promise<ReadonlyMap<string, StatusCounts>> {
    const hexes = this.#hexes(parents);
    if (hexes.length === 0) return new Map();
    const { ids, client } = this.#source;
    return await client.read(call, async (statements) => {
      const below = await findDescendants(this.#source, this.#reader, hexes, statements, call);
      const tally = new StatusTally(TEST_STATUSES);
      const filter = this.#belowGroups(below, where);
      const by = ['test_group_id', 'status'];
      const counted = filter === null ? [] : await statements.tally('test_case', filter, by);
      for (const { key, count } of counted) {
        // The driver's own ids have another class than those parsed from bytes.
        const build = below.buildOfGroup.get(String(key.test_group_id));
        if (build !== undefined) tally.add(ids.build(build), key.status, count);
      }
      for (const { build, document } of below.boots) {
        if (matchesBoot(document, where)) tally.add(ids.build(build), document.status, 1, BOOT_STATUSES);
      }
      return tally.counts;
    });
  }

  #hexes(parents: readonly string[]): readonly string[] {
    return [...new Set(parents.flatMap((parent) => this.#source.ids.buildOf(parent) ?? []))];
  }

  async #rows(below: Descendants, where: TestFilter | null, statements: Statements, call: Call) {
    const { ids } = this.#source;
    const filter = this.#belowGroups(below, where);
    let isComplete = below.expected <= MAX_DOCUMENTS;
    const all = { projection: this.#reader.projection('test_case', call), limit: MAX_DOCUMENTS };
    let found = filter === null || !isComplete ? null : await statements.find('test_case', filter, all);
    // Groups may list fewer tests than there are.
    if (filter !== null && (found === null || found.isCut)) {
      isComplete = false;
      found = await statements.find('test_case', filter, { projection: ROW_PROJECTION, limit: MAX_ROWS });
      if (found.isCut) warnOfCut(call, 'tests below these builds');
    }
    const rows = new Map<string, ChildRow[]>();
    const add = (collection: TestKey['collection'], build: string | undefined, document: Document) => {
      if (build === undefined) return;
      if (!(document._id instanceof ObjectId)) {
        const id = ids.testPrefix(collection) + String(document._id);
        warnOfInvalidRecord(call, id, 'its `_id` is not of the type that the system gives; it is left out.');
        return;
      }
      const key = { collection, hex: document._id.toHexString() };
      const row = { ...key, build, time: timeOf(document.created_on), tie: ids.test(key), document };
      const known = rows.get(build);
      if (known === undefined) rows.set(build, [row]);
      else known.push(row);
    };
    for (const document of found?.documents ?? []) {
      add('test_case', below.buildOfGroup.get(idOf(document.test_group_id) ?? ''), document);
    }
    for (const { build, document } of below.boots) if (matchesBoot(document, where)) add('boot', build, document);
    return { rows, isComplete };
  }

  #belowGroups({ buildOfGroup }: Descendants, where: TestFilter | null): Document | null {
    if (buildOfGroup.size === 0) return null;
    const groups = { test_group_id: { $in: [...buildOfGroup.keys()].map(toObjectId) } };
    return { $and: [groups, ...testConditions(this.#source, 'test_case', where)] };
  }
}

/** Whether a boot below a build matches the filter on tests. */
function matchesBoot(document: Document, where: TestFilter | null): boolean {
  const { status, startTime } = where ?? {};
  const own = BOOT_STATUSES[textOf(document.status) ?? ''] ?? null;
  if (status !== undefined && !status.in.includes(own)) return false;
  if (startTime === undefined) return true;
  const time = timeOf(document.created_on);
  const { from, to } = startTime;
  return time !== null && (from === undefined || time >= from) && (to === undefined || time < to);
}
