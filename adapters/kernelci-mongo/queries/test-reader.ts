import { type Document, ObjectId } from 'bson';
import { type Call, onlyAsked, type Test } from '../../kit/author.ts';
import { idOf, toObjectId } from '../../kit/mongo/documents.ts';
import { warnOfRecord } from '../bad-record.ts';
import type { Statements } from '../client.ts';
import { Groups, groupProjection } from '../groups.ts';
import type { TestKey } from '../ids.ts';
import { NaturalBuilds } from '../natural-builds.ts';
import { projectionOf } from '../projection.ts';
import { revisionOf } from '../revision.ts';
import { BOOT_FIELDS, BOOT_SOURCES, translateBoot } from '../translate-boot.ts';
import { TEST_FIELDS, TEST_SOURCES, translateTest } from '../translate-test.ts';
import { foldersOf, type Run } from './folders.ts';
import type { LegacySource } from './source.ts';

/** Documents that are shown as tests, and what of their surroundings is at hand. */
export interface TestDocuments {
  readonly cases: readonly Document[];
  readonly boots: readonly Document[];
}

/** What tests are put together with. */
export interface Surroundings {
  readonly groups: Groups;
  readonly builds: NaturalBuilds;
}

/** Reads tests and boots, and makes tests of their documents. */
export class TestReader {
  readonly #source: LegacySource;

  constructor(source: LegacySource) {
    this.#source = source;
  }

  projection(collection: TestKey['collection'], { fields }: Call): Readonly<Record<string, 1>> {
    if (collection === 'boot') return projectionOf(BOOT_FIELDS, BOOT_SOURCES, fields);
    return projectionOf(TEST_FIELDS, TEST_SOURCES, fields);
  }

  surroundings(statements: Statements, { fields }: Call): Surroundings {
    return { groups: new Groups(statements, groupProjection(fields)), builds: new NaturalBuilds() };
  }

  /** Documents by `_id`: the index of every collection. */
  async byId(
    collection: TestKey['collection'],
    hexes: readonly string[],
    statements: Statements,
    call: Call,
  ): Promise<readonly Document[]> {
    if (hexes.length === 0 || (collection === 'boot' && !this.#source.boots)) return [];
    const query = { projection: this.projection(collection, call), limit: hexes.length };
    return (await statements.find(collection, { _id: { $in: hexes.map(toObjectId) } }, query)).documents;
  }

  /** The tests of these documents, by id; what cannot be understood is told and left out. */
  async made(
    { cases, boots }: TestDocuments,
    { groups, builds }: Surroundings,
    statements: Statements,
    call: Call,
  ): Promise<ReadonlyMap<string, Test>> {
    const { ids, storage, revisions } = this.#source;
    revisions.seen.boots(boots);
    await groups.loadUp(cases.flatMap((document) => idOf(document.test_group_id) ?? []));
    const homeless = boots.filter((boot) => buildOfBoot(boot) === null).map(revisionOf);
    await builds.load([...groups.revisionsWithoutBuild(), ...homeless], statements);
    const tests = new Map<string, Test>();
    const add = (collection: TestKey['collection'], { document, build }: Run, make: MakeTest) => {
      const hex = document._id instanceof ObjectId ? document._id.toHexString() : null;
      const id = ids.test({ collection, hex: hex ?? idOf(document._id) ?? String(document._id) });
      if (hex !== null && build !== null) tests.set(id, onlyAsked<'test'>(make(build), call.fields));
      else if (hex === null)
        warnOfRecord(call, id, 'its `_id` is not of the type that the system gives; it is left out.');
      else warnOfRecord(call, id, 'nothing that is there says on which build it ran, and it is left out.');
    };
    const ofCases = cases.map((document) => {
      const group = idOf(document.test_group_id);
      return { document, build: groups.buildOf(group, builds), ...groups.lineOf(group) };
    });
    const ofBoots = boots.map((document) => ({ document, build: buildOfBoot(document) ?? builds.buildOf(document) }));
    const plans = ofCases.map(({ build, groups: line }) => ({ build, document: line.at(-1) ?? {} }));
    const folders = await foldersOf([...plans, ...ofBoots], statements, call);
    const contextOf = (build: string) => ({ ids, storage, call, build, folder: folders.get(build) ?? null });
    for (const run of ofCases) {
      const { groups: line, isWhole } = run;
      add('test_case', run, (build) => translateTest(run.document, { ...contextOf(build), groups: line, isWhole }));
    }
    for (const run of ofBoots) add('boot', run, (build) => translateBoot(run.document, contextOf(build)));
    return tests;
  }
}

type MakeTest = (build: string) => Test;

/** Before August 2015 a build was called a defconfig. */
export function buildOfBoot(document: Document): string | null {
  return idOf(document.build_id) ?? idOf(document.defconfig_id);
}
