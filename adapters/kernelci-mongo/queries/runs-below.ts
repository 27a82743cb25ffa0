import type { Document } from 'bson';
import type { Call } from '../../kit/author.ts';
import { idOf, listOf, toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import { groupProjection } from '../groups.ts';
import { NATURAL_FIELDS } from '../natural-builds.ts';
import { distinctRevisions, ofRevisions, type Revision, revisionOf } from '../revision.ts';
import type { LegacySource } from './source.ts';
import { buildOfBoot, type Surroundings, type TestReader } from './test-reader.ts';
import { warnOfCut } from './truncated.ts';

const MAX_GROUPS = 50_000;
const MAX_BOOTS = 50_000;
const BUILD_PROJECTION = Object.fromEntries(['_id', ...NATURAL_FIELDS].map((name) => [name, 1 as const]));

/** What ran on builds: groups of tests, and boots; by the `_id` of the build. */
export interface RunsBelow extends Surroundings {
  /** The build of each group, by the `_id` of the group. */
  readonly buildOfGroup: ReadonlyMap<string, string>;
  readonly boots: readonly { readonly build: string; readonly document: Document }[];
  /** Tests that the groups name, about. */
  readonly expected: number;
}

/**
 * Finds all that ran on builds: groups name their build, but for those that were imported before it, which are found by
 * its revision; groups within them are named by these. Boots have an index by revision only.
 */
export async function runsBelow(
  source: LegacySource,
  reader: TestReader,
  hexes: readonly string[],
  statements: Statements,
  call: Call,
): Promise<RunsBelow> {
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
    addUnnamed(groups, revisions, query, statements),
    source.boots ? bootsOf(revisions, reader, statements, call) : [],
  ]);
  await groups.loadDown();
  await groups.loadUp([...groups.all.keys()]);
  const homeless = found.filter((boot) => buildOfBoot(boot) === null).map(revisionOf);
  await builds.load([...groups.revisionsWithoutBuild(), ...homeless], statements);
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

/** Plans that name no build, of these revisions; of what was posted all groups, since one may stand in its plan's place. */
async function addUnnamed(
  groups: Surroundings['groups'],
  revisions: readonly Revision[],
  query: FindQuery,
  statements: Statements,
): Promise<void> {
  if (revisions.length === 0) return;
  // Not `build_id: null`, for which a server might take the index that begins with it, and read all that name none.
  const unnamed = { build_id: { $not: { $type: 'objectId' as const } } };
  const filter = { $and: [ofRevisions(revisions), { ...unnamed, $or: [{ parent_id: null }, { version: '1.0' }] }] };
  groups.add((await statements.find('test_group', filter, query)).documents);
}

/** By the index (job, kernel); the branch is not in it, and not in old documents. */
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
