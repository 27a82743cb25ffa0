import { type Document, ObjectId } from 'bson';
import { type Call, onlyAsked, type Test } from '../../kit/author.ts';
import { idOf, listOf, textOf, toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import { BuildMatcher, Groups, groupProjection, MATCHED_FIELDS } from '../groups.ts';
import type { TestKey } from '../ids.ts';
import { distinctRevisions, ofRevisions, type Revision, revisionOf } from '../revision.ts';
import { projectionOf, warnOfInvalidRecord } from '../translate.ts';
import {
  BOOT_FIELDS,
  BOOT_SOURCES,
  lacksFolder,
  TEST_FIELDS,
  TEST_SOURCES,
  translateBoot,
  translateTest,
} from '../translate-test.ts';
import { type LegacySource, warnOfCut } from './source.ts';

/** Documents that become tests. */
export interface TestDocuments {
  readonly cases: readonly Document[];
  readonly boots: readonly Document[];
}

/** The groups and builds that the translation of tests needs. */
export interface Surroundings {
  readonly groups: Groups;
  readonly builds: BuildMatcher;
}

/** Reads documents of tests and boots and translates them. */
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
    return { groups: new Groups(statements, groupProjection(fields)), builds: new BuildMatcher() };
  }

  /** Reads by `_id`, which every collection has an index for. */
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

  /** The tests of these documents, by id. It omits invalid documents and warns of them. */
  async translate(
    { cases, boots }: TestDocuments,
    { groups, builds }: Surroundings,
    statements: Statements,
    call: Call,
  ): Promise<ReadonlyMap<string, Test>> {
    const { ids, storage, revisions } = this.#source;
    revisions.seen.boots(boots);
    await groups.loadUp(cases.flatMap((document) => idOf(document.test_group_id) ?? []));
    const unmatched = boots.filter((boot) => buildOfBoot(boot) === null).map(revisionOf);
    await builds.load([...groups.revisionsWithoutBuild(), ...unmatched], statements);
    const tests = new Map<string, Test>();
    const add = (collection: TestKey['collection'], { document, build }: Run, make: MakeTest) => {
      const hex = document._id instanceof ObjectId ? document._id.toHexString() : null;
      const id = ids.test({ collection, hex: hex ?? idOf(document._id) ?? String(document._id) });
      if (hex !== null && build !== null) tests.set(id, onlyAsked<'test'>(make(build), call.fields));
      else if (hex === null)
        warnOfInvalidRecord(call, id, 'its `_id` is not of the type that the system gives; it is left out.');
      else warnOfInvalidRecord(call, id, 'nothing that is there says on which build it ran, and it is left out.');
    };
    const ofCases = cases.map((document) => {
      const group = idOf(document.test_group_id);
      return { document, build: groups.buildOf(group, builds), ...groups.lineageOf(group) };
    });
    const ofBoots = boots.map((document) => ({ document, build: buildOfBoot(document) ?? builds.buildOf(document) }));
    const plans = ofCases.map(({ build, groups: line }) => ({ build, document: line.at(-1) ?? {} }));
    const folders = await foldersOf([...plans, ...ofBoots], statements, call);
    const contextOf = (build: string) => ({ ids, storage, call, build, folder: folders.get(build) ?? null });
    for (const run of ofCases) {
      const { groups: line, isComplete } = run;
      add('test_case', run, (build) => translateTest(run.document, { ...contextOf(build), groups: line, isComplete }));
    }
    for (const run of ofBoots) add('boot', run, (build) => translateBoot(run.document, contextOf(build)));
    return tests;
  }
}

type MakeTest = (build: string) => Test;

/** Before August 2015 a build was called a defconfig. */
function buildOfBoot(document: Document): string | null {
  return idOf(document.build_id) ?? idOf(document.defconfig_id);
}

const MAX_GROUPS = 50_000;
const MAX_BOOTS = 50_000;
const BUILD_PROJECTION = Object.fromEntries(['_id', ...MATCHED_FIELDS].map((name) => [name, 1 as const]));

/** What ran on builds: groups of tests, and boots. */
export interface Descendants extends Surroundings {
  /** The build of each group, by the `_id` of the group. */
  readonly buildOfGroup: ReadonlyMap<string, string>;
  readonly boots: readonly { readonly build: string; readonly document: Document }[];
  /** The approximate number of tests, from the groups' own lists. */
  readonly expected: number;
}

/**
 * Finds all that ran on builds. Groups name their build, except those imported before it, which it finds by revision.
 * Groups name the groups within them. Boots have an index by revision only.
 */
export async function findDescendants(
  source: LegacySource,
  reader: TestReader,
  hexes: readonly string[],
  statements: Statements,
  call: Call,
): Promise<Descendants> {
  const { groups, builds } = reader.surroundings(statements, call);
  const ids = hexes.map(toObjectId);
  const query = { projection: groupProjection(call.fields), limit: MAX_GROUPS };
  const [documents, named] = await Promise.all([
    statements.find('build', { _id: { $in: ids } }, { projection: BUILD_PROJECTION, limit: hexes.length }),
    statements.find('test_group', { build_id: { $in: ids } }, query),
  ]);
  if (named.isCut) warnOfCut(call, 'groups of tests below these builds');
  groups.add(named.documents);
  const seen = hexes.map((hex) => source.revisions.seen.revisionOfBuild(hex));
  const revisions = distinctRevisions([...documents.documents.map(revisionOf), ...seen]);
  const [, found] = await Promise.all([
    addGroupsWithoutBuild(groups, revisions, query, statements),
    source.boots ? bootsOf(revisions, reader, statements, call) : [],
  ]);
  await groups.loadDown();
  await groups.loadUp([...groups.all.keys()]);
  const unmatched = found.filter((boot) => buildOfBoot(boot) === null).map(revisionOf);
  await builds.load([...groups.revisionsWithoutBuild(), ...unmatched], statements);
  const wanted = new Set(hexes);
  const buildOfGroup = new Map<string, string>();
  let expected = 0;
  for (const [hex, group] of groups.all) {
    const build = groups.buildOf(hex, builds);
    if (build === null || !wanted.has(build)) continue;
    buildOfGroup.set(hex, build);
    expected += listOf(group.test_cases).length;
  }
  const boots = found.flatMap((document) => {
    const build = buildOfBoot(document) ?? builds.buildOf(document);
    return build !== null && wanted.has(build) && idOf(document._id) !== null ? [{ build, document }] : [];
  });
  return { groups, builds, buildOfGroup, boots, expected };
}

type FindQuery = Parameters<Statements['find']>[2];

/** Adds the plans of these revisions that name no build, and all posted groups, since one can replace its plan. */
async function addGroupsWithoutBuild(
  groups: Surroundings['groups'],
  revisions: readonly Revision[],
  query: FindQuery,
  statements: Statements,
): Promise<void> {
  if (revisions.length === 0) return;
  // `build_id: null` could make a server use the index that begins with it, and read all groups without a build.
  const unnamed = { build_id: { $not: { $type: 'objectId' as const } } };
  const filter = { $and: [ofRevisions(revisions), { ...unnamed, $or: [{ parent_id: null }, { version: '1.0' }] }] };
  groups.add((await statements.find('test_group', filter, query)).documents);
}

/** By the index (job, kernel). The branch is neither in the index nor in old documents. */
async function bootsOf(
  revisions: readonly Revision[],
  reader: TestReader,
  statements: Statements,
  call: Call,
): Promise<readonly Document[]> {
  if (revisions.length === 0) return [];
  const filter = { $or: revisions.map(({ job, kernel }) => ({ job, kernel })) };
  const query = { projection: reader.projection('boot', call), limit: MAX_BOOTS };
  const { documents, isCut } = await statements.find('boot', filter, query);
  if (isCut) warnOfCut(call, 'boots below these builds');
  return documents;
}

/** A plan or a boot, and the build that it ran on. */
export interface Run {
  readonly document: Document;
  readonly build: string | null;
}

const PROJECTION = { _id: 1, file_server_resource: 1 } as const;

/** The folders of the builds of runs that have files but name no folder, by the `_id` of the build. */
async function foldersOf(
  runs: readonly Run[],
  statements: Statements,
  { fields }: Call,
): Promise<ReadonlyMap<string, string>> {
  if (!fields.has('logUrl') && !fields.has('outputFiles')) return new Map();
  const lacking = runs.filter(({ document }) => lacksFolder(document));
  const builds = [...new Set(lacking.flatMap(({ build }) => build ?? []))];
  if (builds.length === 0) return new Map();
  const query = { projection: PROJECTION, limit: builds.length };
  const { documents } = await statements.find('build', { _id: { $in: builds.map(toObjectId) } }, query);
  const folders = documents.map((build) => [idOf(build._id) ?? '', textOf(build.file_server_resource) ?? ''] as const);
  return new Map(folders.filter(([, folder]) => folder !== ''));
}
