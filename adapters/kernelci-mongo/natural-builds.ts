import type { Document } from 'bson';
import { idOf, textOf } from '../kit/mongo/documents.ts';
import type { Statements } from './client.ts';
import { distinctRevisions, ofRevisions, type Revision, revisionKey, revisionOf } from './revision.ts';

/** What tells one build of a revision from another. */
const TRAITS = ['arch', 'defconfig_full', 'build_environment'] as const;
export const NATURAL_FIELDS: readonly string[] = ['job', 'git_branch', 'kernel', 'defconfig', ...TRAITS];
const PROJECTION = Object.fromEntries(['_id', ...NATURAL_FIELDS].map((name) => [name, 1 as const]));
const MAX_BUILDS = 50_000;

/** Finds the build of a run that does not name one, since it was imported first, by what both say of themselves. */
export class NaturalBuilds {
  readonly #byRevision = new Map<string, Document[]>();

  /** Reads the builds of these revisions: the index (git_branch, job, kernel) leads to them. */
  async load(revisions: Iterable<Revision | null>, statements: Statements): Promise<void> {
    const wanted = distinctRevisions(revisions).filter((revision) => !this.#byRevision.has(revisionKey(revision)));
    if (wanted.length === 0) return;
    for (const revision of wanted) this.#byRevision.set(revisionKey(revision), []);
    const query = { projection: PROJECTION, limit: MAX_BUILDS };
    const { documents } = await statements.find('build', ofRevisions(wanted), query);
    for (const document of documents) {
      const revision = revisionOf(document);
      if (revision !== null) this.#byRevision.get(revisionKey(revision))?.push(document);
    }
  }

  /** The `_id` of the first build that fits; null where there is none. */
  buildOf(run: Document): string | null {
    const revision = revisionOf(run);
    const builds = revision === null ? [] : (this.#byRevision.get(revisionKey(revision)) ?? []);
    const fitting = builds.filter((build) => fits(build, run)).flatMap(({ _id }) => idOf(_id) ?? []);
    return fitting.sort()[0] ?? null;
  }
}

function fits(build: Document, run: Document): boolean {
  const [own, wanted] = [textOf(build.defconfig), textOf(run.defconfig)];
  if (own !== null && wanted !== null && own !== wanted) return false;
  return TRAITS.every((trait) => textOf(build[trait]) === textOf(run[trait]));
}
