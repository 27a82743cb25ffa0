import { type Document, ObjectId } from 'bson';
import { type Build, type Call, onlyAsked } from '../../kit/author.ts';
import { idOf, toObjectId } from '../../kit/mongo/documents.ts';
import { warnOfRecord } from '../bad-record.ts';
import type { Statements } from '../client.ts';
import { commitOf, type Ids } from '../ids.ts';
import { projectionOf } from '../projection.ts';
import { distinctRevisions, ofRevisions, revisionKey, revisionOf } from '../revision.ts';
import { BUILD_FIELDS, BUILD_SOURCES, translateBuild } from '../translate-build.ts';
import type { LegacySource } from './source.ts';

const MAX_JOBS = 10_000;
const LOG_PROJECTION = { build_id: 1, errors: 1, warnings: 1, mismatches: 1 } as const;

/** Reads builds, and makes them of their documents. */
export class BuildReader {
  readonly #source: LegacySource;

  constructor(source: LegacySource) {
    this.#source = source;
  }

  projection(call: Call): Readonly<Record<string, 1>> {
    return projectionOf(BUILD_FIELDS, BUILD_SOURCES, call.fields);
  }

  /** By `_id`: the index of every collection. */
  async byId(hexes: readonly string[], statements: Statements, call: Call): Promise<ReadonlyMap<string, Build>> {
    if (hexes.length === 0) return new Map();
    const query = { projection: this.projection(call), limit: hexes.length };
    const filter = { _id: { $in: hexes.map(toObjectId) } };
    return await this.made((await statements.find('build', filter, query)).documents, statements, call);
  }

  /** The builds of these documents, by `_id`; what cannot be understood is told and left out. */
  async made(documents: readonly Document[], statements: Statements, call: Call): Promise<ReadonlyMap<string, Build>> {
    const { ids, storage, revisions } = this.#source;
    revisions.learnBuilds(documents);
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

/** Tells of a build that is left out, and why. */
export function warnOfBuild(document: Document, ids: Ids, call: Pick<Call, 'warn'>): void {
  const isIn = document._id instanceof ObjectId;
  const what = isIn ? 'it names no commit' : 'its `_id` is not of the type that the system gives';
  warnOfRecord(call, ids.build(idOf(document._id) ?? String(document._id)), `${what}, and it is left out.`);
}
