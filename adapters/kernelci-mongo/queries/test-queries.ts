import type { Document } from 'bson';
import {
  type Call,
  comparePlaces,
  type Found,
  type Page,
  type PageItem,
  type PageQuery,
  type Test,
  type TestFilter,
} from '../../kit/author.ts';
import { toObjectId } from '../../kit/mongo/values.ts';
import type { Statements } from '../client.ts';
import type { TestKey } from '../ids.ts';
import { statusCondition } from '../status-table.ts';
import { BOOT_STATUSES } from '../translate-boot.ts';
import { TEST_STATUSES } from '../translate-test.ts';
import { type RunsBelow, runsBelow } from './runs-below.ts';
import type { LegacySource } from './source.ts';
import { type Surroundings, TestReader } from './test-reader.ts';
import { timeCondition } from './time-condition.ts';
import { type TimeRows, timePage } from './time-page.ts';

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
      const [cases, boots] = await Promise.all([
        this.#page('test_case', query, below, statements, call),
        this.#page('boot', query, below, statements, call),
      ]);
      const rows = [...cases.rows, ...boots.rows].sort((one, other) => comparePlaces(query.order, one, other));
      const chosen = rows.slice(0, query.first);
      const ties = new Set(chosen.map(({ tie }) => tie));
      const documents = (page: TimeRows) =>
        page.rows.filter(({ tie }) => ties.has(tie)).map(({ document }) => document);
      const surroundings: Surroundings = below ?? this.#reader.surroundings(statements, call);
      const given = { cases: documents(cases), boots: documents(boots) };
      const tests = await this.#reader.made(given, surroundings, statements, call);
      const items = chosen.flatMap(({ time, tie }): PageItem<Test>[] => {
        const object = tests.get(tie);
        return object === undefined ? [] : [{ object, time, tie }];
      });
      return { items, hasMore: cases.hasMore || boots.hasMore || rows.length > chosen.length };
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
    if (conditions.some((condition) => isEmptyChoice(condition))) return NOTHING;
    const list = {
      collection,
      prefix: this.#source.ids.testPrefix(collection),
      filter: conditions.length === 0 ? {} : { $and: conditions },
      projection: this.#reader.projection(collection, call),
      order: query.order,
      withoutTime: query.where?.startTime === undefined,
    };
    return await timePage(list, query, statements, call);
  }
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
