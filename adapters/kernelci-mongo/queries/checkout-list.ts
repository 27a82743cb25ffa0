import type { Call, CheckoutFilter, PageQuery, Place } from '../../kit/author.ts';
import { isId, toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import { JOB_PROJECTION, jobRecordOf } from '../revisions/job-record.ts';
import type { LegacySource } from './source.ts';

/** Rows beside those wanted, for jobs whose commit is shown elsewhere. */
const SPARE = 10;
const ROUNDS = 50;
const MAX_WITH_PREFIX = 1000;

/** A commit at the place of the first job that has it; `mark` is the `_id` of that job. */
interface CommitRow {
  readonly commit: string;
  readonly mark: string;
}
interface CommitRows {
  readonly rows: readonly CommitRow[];
  readonly hasMore: boolean;
}
type CheckoutQuery = PageQuery<'checkout'>;

/** Lists commits in the order of the `_id` of their first job, which never changes and has an index. */
export class CheckoutList {
  readonly #source: LegacySource;

  constructor(source: LegacySource) {
    this.#source = source;
  }

  async page(query: CheckoutQuery, statements: Statements, call: Call): Promise<CommitRows> {
    const chosen = this.#chosen(query.where);
    return chosen === null ? await this.#walk(query, statements, call) : this.#among(chosen, query);
  }

  /** Whether a filter asks for commits that are not known. */
  isMissing(where: CheckoutFilter | null): boolean {
    const chosen = this.#chosen(where);
    return chosen !== null && this.#source.revisions.jobsOf(chosen).size < Math.max(1, chosen.length);
  }

  /** The commits that a filter leaves; null where it leaves all. */
  #chosen(where: CheckoutFilter | null): readonly string[] | null {
    if (where?.id === undefined && where?.gitCommitHash === undefined) return null;
    const { ids, revisions } = this.#source;
    const { in: hashes, prefix } = where.gitCommitHash ?? {};
    const sets: (readonly string[])[] = [];
    if (where.id !== undefined) sets.push(where.id.in.flatMap((id) => ids.commitOf(id) ?? []));
    if (hashes !== undefined) sets.push(hashes.map((hash) => hash.toLowerCase()));
    const [first = revisions.commitsWith(prefix?.toLowerCase() ?? '', MAX_WITH_PREFIX), ...others] = sets;
    const begins = (commit: string) => prefix === undefined || commit.startsWith(prefix.toLowerCase());
    return [...new Set(first)].filter((commit) => begins(commit) && others.every((other) => other.includes(commit)));
  }

  #among(commits: readonly string[], { order, first, after }: CheckoutQuery): CommitRows {
    const jobs = this.#source.revisions.jobsOf(commits);
    const rows = [...jobs].flatMap(([commit, [job]]) => (job === undefined ? [] : [{ commit, mark: job.hex }]));
    const from = this.#markOf(after);
    const isBehind = ({ mark }: CommitRow) => from === null || (order === 'OLDEST' ? mark > from : mark < from);
    const sorted = rows
      .filter(isBehind)
      .toSorted((one, other) => (one.mark < other.mark === (order === 'OLDEST') ? -1 : 1));
    return { rows: sorted.slice(0, first), hasMore: sorted.length > first };
  }

  async #walk({ order, first, after }: CheckoutQuery, statements: Statements, call: Call): Promise<CommitRows> {
    const isOldest = order === 'OLDEST';
    const rows: CommitRow[] = [];
    let from = this.#markOf(after) ?? (isOldest ? '0' : 'f').repeat(24);
    for (let round = 0; round < ROUNDS; round++) {
      const bound = { _id: isOldest ? { $gt: toObjectId(from) } : { $lt: toObjectId(from) } };
      const limit = first + 1 - rows.length + SPARE;
      const query = { projection: JOB_PROJECTION, sort: { _id: isOldest ? (1 as const) : (-1 as const) }, limit };
      const { documents, isCut } = await statements.find('job', bound, query);
      const jobs = documents.flatMap((document) => jobRecordOf(document, call) ?? []);
      await this.#source.revisions.learnJobs(jobs);
      const known = this.#source.revisions.jobsOf(jobs.flatMap(({ commit }) => commit ?? []));
      for (const { hex, commit } of jobs) {
        if (commit !== null && known.get(commit)?.[0]?.hex === hex) rows.push({ commit, mark: hex });
      }
      if (!isCut || rows.length > first) return { rows: rows.slice(0, first), hasMore: rows.length > first };
      from = String(documents.at(-1)?._id ?? from);
    }
    return { rows: rows.slice(0, first), hasMore: true };
  }

  /** Where a page begins: by the mark, else by what the index knows of the commit. */
  #markOf(after: Place | null): string | null {
    if (after === null) return null;
    if (isId(after.mark ?? '')) return after.mark ?? null;
    const commit = this.#source.ids.commitOf(after.tie);
    return commit === null ? null : (this.#source.revisions.jobsOf([commit]).get(commit)?.[0]?.hex ?? null);
  }
}
