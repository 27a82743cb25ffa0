import type { Document } from 'bson';
import { type Call, type Checkout, onlyAsked } from '../../kit/author.ts';
import { translateCheckout } from '../translate-checkout.ts';
import { FirstBuilds, type ReadStatements } from './first-builds.ts';
import type { LegacySource } from './source.ts';

/** Makes checkouts of commits: what the index knows of their jobs, and their first build. */
export class CheckoutReader {
  readonly #source: LegacySource;
  readonly #firstBuilds = new FirstBuilds();

  constructor(source: LegacySource) {
    this.#source = source;
  }

  /** Those that are there; no statement where their first builds are at hand. */
  async of(commits: readonly string[], read: ReadStatements, call: Call): Promise<ReadonlyMap<string, Checkout>> {
    const { revisions, ids, offline } = this.#source;
    const wanted = new Map(commits.map((commit) => [commit, revisions.revisionsOf(commit)]));
    // On disk lies what the jobs say: all but the first build.
    const first = offline ? new Map<string, Document>() : await this.#firstBuilds.of(wanted, read);
    const jobs = revisions.jobsOf(commits);
    const made = new Map<string, Checkout>();
    for (const commit of commits) {
      const parts = { commit, jobs: jobs.get(commit) ?? [], firstBuild: first.get(commit) ?? null };
      if (parts.jobs.length === 0 && parts.firstBuild === null) continue;
      made.set(commit, onlyAsked<'checkout'>(translateCheckout(parts, ids), call.fields));
    }
    return made;
  }
}
