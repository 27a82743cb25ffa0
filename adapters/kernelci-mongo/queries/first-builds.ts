import type { Document } from 'bson';
import type { AdapterEnv, Call } from '../../kit/author.ts';
import { BoundedCache } from '../../kit/bounded-cache.ts';
import { type MaxAge, maxAgeOf } from '../../kit/max-age.ts';
import { idOf } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import { commitOf } from '../ids.ts';
import { ofRevisions, type Revision } from '../revision.ts';
import { CHECKOUT_FIELDS_OF_BUILD } from '../translate-checkout.ts';

/** Runs statements: those of a read that is under way, or a read of their own. */
export type ReadStatements = <T>(work: (statements: Statements) => Promise<T>) => Promise<T>;

const PROJECTION = Object.fromEntries(['_id', ...CHECKOUT_FIELDS_OF_BUILD].map((name) => [name, 1 as const]));
const MAX_BUILDS = 50_000;
/** What one request asks for level by level is read once. */
const KEEP_MS = 5_000;

interface Kept {
  readonly document: Document;
  /** When it was read, on the monotonic clock. */
  readonly at: number;
}

/** The build of each commit that was imported first: the system's reports take from it what they say of the checkout. */
export class FirstBuilds {
  readonly #maxAge: MaxAge;
  readonly #kept = new BoundedCache<Kept>({
    maxEntries: 20_000,
    maxBytes: 16 * 1024 * 1024,
    sizeOf: () => 800,
    ttl: KEEP_MS,
  });

  constructor(env: Pick<AdapterEnv, 'cacheTtl' | 'offline'>) {
    this.#maxAge = maxAgeOf(KEEP_MS, env);
  }

  /**
   * One statement for all: the index (git_branch, job, kernel) leads to the builds.
   * @param alongside what else is read about the commits whose builds are not at hand, in the same read
   */
  async of(
    wanted: ReadonlyMap<string, readonly Revision[]>,
    read: ReadStatements,
    alongside: (commits: readonly string[], statements: Statements) => Promise<void>,
    call: Call,
  ): Promise<ReadonlyMap<string, Document>> {
    const limit = this.#maxAge(call);
    const found = new Map<string, Document>();
    const unknown: string[] = [];
    for (const [commit, revisions] of wanted) {
      const kept = this.#kept.get(commit);
      const age = kept === undefined ? limit : performance.now() - kept.at;
      if (kept !== undefined && age < limit) {
        found.set(commit, kept.document);
        call.kept?.(age);
      } else if (revisions.length > 0) unknown.push(commit);
    }
    if (unknown.length === 0) return found;
    const revisions = unknown.flatMap((commit) => wanted.get(commit) ?? []);
    const filter = { $and: [ofRevisions(revisions), { git_commit: { $in: unknown } }] };
    const query = { projection: PROJECTION, limit: MAX_BUILDS };
    const at = performance.now();
    const { documents } = await read(async (statements) => {
      await alongside(unknown, statements);
      return await statements.find('build', filter, query);
    });
    for (const document of documents) {
      const commit = commitOf(document.git_commit);
      if (commit === null) continue;
      const known = found.get(commit);
      if (known === undefined || isBefore(document, known)) found.set(commit, document);
    }
    for (const commit of unknown) {
      const first = found.get(commit);
      if (first !== undefined) this.#kept.set(commit, { document: first, at });
    }
    return found;
  }
}

function isBefore(one: Document, other: Document): boolean {
  const [left, right] = [timeIn(one), timeIn(other)];
  return left === right ? (idOf(one._id) ?? '') < (idOf(other._id) ?? '') : left < right;
}

function timeIn({ created_on }: Document): number {
  const time = created_on instanceof Date ? created_on.getTime() : Number.NaN;
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}
