import type { Document } from 'bson';
import {
  type Call,
  comparePlaces,
  type Found,
  type Order,
  type Page,
  type PageQuery,
  type Test,
  type TestFilter,
} from '../../kit/author.ts';
import { toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import type { TestKey } from '../ids.ts';
import { statusCondition } from '../status-table.ts';
import { BOOT_STATUSES } from '../translate-boot.ts';
import { TEST_STATUSES } from '../translate-test.ts';
import { type Rows, readablePage } from './readable-page.ts';
import { type RunsBelow, runsBelow } from './runs-below.ts';
import type { LegacySource } from './source.ts';
import { type Surroundings, TestReader } from './test-reader.ts';
import { timeCondition } from './time-bounds.ts';
import { type TimeRow, type TimeRows, timePage } from './time-page.ts';

type Stretch = Pick<PageQuery<'test'>, 'first' | 'after'>;
type TestRow = TimeRow & Pick<TestKey, 'collection'>;

const ofCase = (row: TimeRow): TestRow => ({ ...row, collection: 'test_case' });
const ofBoot = (row: TimeRow): TestRow => ({ ...row, collection: 'boot' });
const NOTHING: TimeRows = { rows: [], hasMore: false };

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
      return await this.#reader.made({ cases, boots }, surroundings, statements, call);
    });
    const found = new Map<string, Found<Test>>();
    for (const id of ids) {
      const object = tests.get(id);
      if (object !== undefined) found.set(id, { object, time: object.startTime });
    }
    return found;
  }

  /** In the order of `created_on`: an index of both collections begins with it. */
  async list(query: PageQuery<'test'>, call: Call): Promise<Page<Test>> {
    const builds = query.where?.buildId?.in.flatMap((id) => this.#source.ids.buildOf(id) ?? []);
    if (builds?.length === 0) return { items: [], hasMore: false };
    return await this.#source.client.read(call, async (statements) => {
      const below =
        builds === undefined
          ? null
          : await runsBelow(this.#source, this.#reader, [...new Set(builds)], statements, call);
      const surroundings: Surroundings = below ?? this.#reader.surroundings(statements, call);
      const fetch = async (stretch: Stretch) => {
        const [cases, boots] = await Promise.all([
          this.#page('test_case', { ...query, ...stretch }, below, statements, call),
          this.#page('boot', { ...query, ...stretch }, below, statements, call),
        ]);
        return merged([...cases.rows.map(ofCase), ...boots.rows.map(ofBoot)], stretch.first, query.order, [
          cases,
          boots,
        ]);
      };
      const made = (rows: readonly TestRow[]) => {
        const documents = (collection: TestKey['collection']) =>
          rows.filter((row) => row.collection === collection).map(({ document }) => document);
        const given = { cases: documents('test_case'), boots: documents('boot') };
        return this.#reader.made(given, surroundings, statements, call);
      };
      return await readablePage(query, fetch, made);
    });
  }

  async #page(
    collection: TestKey['collection'],
    query: PageQuery<'test'>,
    below: RunsBelow | null,
    statements: Statements,
    call: Call,
  ): Promise<TimeRows> {
    if (collection === 'boot' && !this.#source.boots) return NOTHING;
    const conditions = testConditions(this.#source, collection, query.where);
    if (below !== null) conditions.push(belowBuilds(collection, below));
    // Before August 2018 tests lay in suites, which are not kept with the groups: no build can be told of them.
    else if (collection === 'test_case') conditions.push({ test_suite_id: null });
    if (conditions.some((condition) => isEmptyChoice(condition))) return NOTHING;
    const list = {
      collection,
      prefix: this.#source.ids.testPrefix(collection),
      filter: conditions.length === 0 ? {} : { $and: conditions },
      projection: this.#reader.projection(collection, call),
      order: query.order,
      withoutTime: query.where?.startTime === undefined,
      // Else a server might walk through all tests by time, in search of those of some groups.
      ...(below === null || collection === 'boot'
        ? {}
        : { hint: await statements.hint(collection, { test_group_id: 1 }) }),
    };
    return await timePage(list, query, statements, call);
  }
}

function merged(rows: readonly TestRow[], first: number, order: Order, pages: readonly TimeRows[]): Rows<TestRow> {
  const sorted = rows.toSorted((one, other) => comparePlaces(order, one, other));
  return { rows: sorted.slice(0, first), hasMore: sorted.length > first || pages.some(({ hasMore }) => hasMore) };
}

/** What a document of a test is held against. */
export function testConditions(
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

function belowBuilds(collection: TestKey['collection'], { buildOfGroup, boots }: RunsBelow): Document {
  if (collection === 'boot') return { _id: { $in: boots.map(({ document }) => document._id) } };
  return { test_group_id: { $in: [...buildOfGroup.keys()].map(toObjectId) } };
}

function isEmptyChoice(condition: Document): boolean {
  return Object.values(condition).some((value) => Array.isArray(value?.$in) && value.$in.length === 0);
}
