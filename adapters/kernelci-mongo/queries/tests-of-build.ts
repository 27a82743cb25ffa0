import { type Document, ObjectId } from 'bson';
import type { Call, Page, PageItem, PageQuery, StatusCounts, Test, TestFilter } from '../../kit/author.ts';
import { idOf, timeOf, toObjectId } from '../../kit/mongo/documents.ts';
import { warnOfRecord } from '../bad-record.ts';
import type { Statements } from '../client.ts';
import type { TestKey } from '../ids.ts';
import { BOOT_STATUSES } from '../translate-boot.ts';
import { TEST_STATUSES } from '../translate-test.ts';
import { childPage } from './child-page.ts';
import { fitsBoot } from './fits-boot.ts';
import { type RunsBelow, runsBelow } from './runs-below.ts';
import type { LegacySource } from './source.ts';
import { StatusTally } from './status-tally.ts';
import { testConditions } from './test-queries.ts';
import { TestReader } from './test-reader.ts';
import { warnOfCut } from './truncated.ts';

/** So many tests are read whole at once; of more, the rows that pages are chosen from come first. */
const WHOLE = 2000;
const MAX_ROWS = 200_000;
const ROW_PROJECTION = { _id: 1, test_group_id: 1, created_on: 1 } as const;

interface TestRow extends TestKey {
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
      const below = await runsBelow(this.#source, this.#reader, hexes, statements, call);
      const { rows, isWhole } = await this.#rows(below, query.where, statements, call);
      const chosen = parents.map((parent) => {
        const build = this.#source.ids.buildOf(parent);
        return [parent, childPage(build === null ? [] : (rows.get(build) ?? []), query)] as const;
      });
      const wanted = chosen.flatMap(([, page]) => page.rows);
      const cases = wanted.filter(({ collection }) => collection === 'test_case');
      const documents = isWhole
        ? cases.map(({ document }) => document)
        : await this.#reader.byId('test_case', [...new Set(cases.map(({ hex }) => hex))], statements, call);
      const boots = wanted.filter(({ collection }) => collection === 'boot').map(({ document }) => document);
      const tests = await this.#reader.made({ cases: documents, boots }, below, statements, call);
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
      const below = await runsBelow(this.#source, this.#reader, hexes, statements, call);
      const tally = new StatusTally(TEST_STATUSES);
      const filter = this.#belowGroups(below, where);
      const by = ['test_group_id', 'status'];
      const counted = filter === null ? [] : await statements.tally('test_case', filter, by);
      for (const { key, count } of counted) {
        // The driver's own ids are of another class than those that are read from bytes.
        const build = below.buildOfGroup.get(String(key.test_group_id));
        if (build !== undefined) tally.add(ids.build(build), key.status, count);
      }
      for (const { build, document } of below.boots) {
        if (fitsBoot(document, where)) tally.add(ids.build(build), document.status, 1, BOOT_STATUSES);
      }
      return tally.counts;
    });
  }

  #hexes(parents: readonly string[]): readonly string[] {
    return [...new Set(parents.flatMap((parent) => this.#source.ids.buildOf(parent) ?? []))];
  }

  async #rows(below: RunsBelow, where: TestFilter | null, statements: Statements, call: Call) {
    const { ids } = this.#source;
    const filter = this.#belowGroups(below, where);
    let isWhole = below.expected <= WHOLE;
    const whole = { projection: this.#reader.projection('test_case', call), limit: WHOLE };
    let found = filter === null || !isWhole ? null : await statements.find('test_case', filter, whole);
    // Groups may name fewer than there are.
    if (filter !== null && (found === null || found.isCut)) {
      isWhole = false;
      found = await statements.find('test_case', filter, { projection: ROW_PROJECTION, limit: MAX_ROWS });
      if (found.isCut) warnOfCut(call, 'tests below these builds');
    }
    const rows = new Map<string, TestRow[]>();
    const add = (collection: TestKey['collection'], build: string | undefined, document: Document) => {
      if (build === undefined) return;
      if (!(document._id instanceof ObjectId)) {
        const id = ids.testPrefix(collection) + String(document._id);
        warnOfRecord(call, id, 'its `_id` is not of the type that the system gives; it is left out.');
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
    for (const { build, document } of below.boots) if (fitsBoot(document, where)) add('boot', build, document);
    return { rows, isWhole };
  }

  #belowGroups({ buildOfGroup }: RunsBelow, where: TestFilter | null): Document | null {
    if (buildOfGroup.size === 0) return null;
    const groups = { test_group_id: { $in: [...buildOfGroup.keys()].map(toObjectId) } };
    return { $and: [groups, ...testConditions(this.#source, 'test_case', where)] };
  }
}
