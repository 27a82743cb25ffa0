import type { Document } from 'bson';
import type { Call } from '../../kit/author.ts';
import { idOf, textOf, toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import { lacksFolder } from '../test-run.ts';

/** A plan or a boot, and the build that it ran on. */
export interface Run {
  readonly document: Document;
  readonly build: string | null;
}

const PROJECTION = { _id: 1, file_server_resource: 1 } as const;

/** The folders of builds, by `_id`, on which runs left files without saying where. */
export async function foldersOf(
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
