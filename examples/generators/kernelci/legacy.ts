import { Chance } from './chance.ts';
import type { CollectionDocument } from './collection-document.ts';
import { bootDocument } from './legacy/boots.ts';
import { buildDocument, errorLogsDocument, makeBuild } from './legacy/builds.ts';
import { ERAS } from './legacy/eras.ts';
import { RegressionTracker } from './legacy/regression-tracker.ts';
import { emptyJob, jobDocument, makeRevision, type Revision } from './legacy/revision.ts';
import { suiteDocuments, testDocuments } from './legacy/tests.ts';

export interface LegacySize {
  readonly seed: number;
  /** Test cases; the last revision is finished, so that a few more may come. */
  readonly tests: number;
  /** Builds of a revision. */
  readonly builds?: number;
}

/**
 * Invented documents of kernelci-backend's database, in all the shapes that it wrote between 2014 and 2024, one after
 * the other: more of them are more revisions, and no revision grows. The same seed gives the same documents.
 */
export function* legacyDocuments({ seed, tests, builds = 12 }: LegacySize): Generator<CollectionDocument> {
  const chance = new Chance(seed);
  const tracker = new RegressionTracker(chance);
  const last = new Map<string, Revision>();
  let made = 0;
  for (let number = 0; made < tests; number += 1) {
    const era = ERAS[number % ERAS.length] ?? ERAS[0];
    // The same commit is in several trees: one revision of ten has that of the one before.
    const shared = chance.oneIn(10) ? (last.get(era.name)?.commit ?? null) : null;
    const revision = makeRevision(chance, era, shared);
    last.set(era.name, revision);
    // A dump has gaps: builds whose revision is gone.
    if (!chance.oneIn(60)) yield { collection: 'job', document: jobDocument(chance, revision) };
    if (chance.oneIn(20)) yield { collection: 'job', document: emptyJob(chance, revision) };
    for (let place = 0; place < builds; place += 1) {
      for (const one of buildDocuments(chance, revision, place, tracker)) {
        if (one.collection === 'test_case') made += 1;
        yield one;
      }
    }
  }
}

function* buildDocuments(
  chance: Chance,
  revision: Revision,
  place: number,
  tracker: RegressionTracker,
): Generator<CollectionDocument> {
  const { era } = revision;
  const build = makeBuild(chance, revision, place);
  yield { collection: 'build', document: buildDocument(chance, build) };
  if (build.hasFailed) {
    yield { collection: 'error_logs', document: errorLogsDocument(chance, build) };
    return;
  }
  if (era.hasBoots) yield { collection: 'boot', document: bootDocument(chance, build) };
  if (era.tests === 'suites') yield* suiteDocuments(chance, build);
  if (era.tests === 'groups') yield* testDocuments(chance, build, tracker);
}
