import type { Document } from 'bson';
import { type Call, type Checkout, onlyAsked } from '../../kit/author.ts';
import { toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import { JOB_PROJECTION, jobRecordOf } from '../revisions/job-record.ts';
import { translateCheckout } from '../translate-checkout.ts';
import { FirstBuilds, type ReadStatements } from './first-builds.ts';
import type { LegacySource } from './source.ts';

/** Makes checkouts of commits: what the index knows of their jobs, and their first build. */
export class CheckoutReader {
  readonly #source: LegacySource;
  readonly #firstBuilds: FirstBuilds;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#firstBuilds = new FirstBuilds(source);
  }

  /** Those that are there; no statement where their first builds are at hand. */
  async of(commits: readonly string[], read: ReadStatements, call: Call): Promise<ReadonlyMap<string, Checkout>> {
    const { revisions, ids, offline } = this.#source;
    const wanted = new Map(commits.map((commit) => [commit, revisions.revisionsOf(commit)]));
    // On disk lies what the jobs say: all but the first build.
    const first = offline
      ? new Map<string, Document>()
      : await this.#firstBuilds.of(wanted, read, this.#readJobs, call);
    const jobs = revisions.jobsOf(commits);
    const made = new Map<string, Checkout>();
    for (const commit of commits) {
      const parts = { commit, jobs: jobs.get(commit) ?? [], firstBuild: first.get(commit) ?? null };
      if (parts.jobs.length === 0 && parts.firstBuild === null) continue;
      made.set(commit, onlyAsked<'checkout'>(translateCheckout(parts, ids), call.fields));
    }
    return made;
  }

  /** The index leads to the jobs; what they say is read as it is now. */
  readonly #readJobs = async (commits: readonly string[], statements: Statements): Promise<void> => {
    const { revisions } = this.#source;
    const hexes = [...revisions.jobsOf(commits).values()].flat().map(({ hex }) => toObjectId(hex));
    if (hexes.length === 0) return;
    const query = { projection: JOB_PROJECTION, limit: hexes.length };
    const { documents } = await statements.find('job', { _id: { $in: hexes } }, query);
    // What can no longer be understood was told when it was listed.
    await revisions.learnJobs(documents.flatMap((document) => jobRecordOf(document, { warn: () => {} }) ?? []));
  };
}
