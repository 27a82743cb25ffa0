import { Chance } from '../../generators/kernelci/chance.ts';
import type { CollectionDocument } from '../../generators/kernelci/collection-document.ts';
import { type Build, buildDocument, makeBuild } from '../../generators/kernelci/legacy/builds.ts';
import { type Case, caseDocument } from '../../generators/kernelci/legacy/cases.ts';
import { ERAS } from '../../generators/kernelci/legacy/eras.ts';
import { type Device, groupDocument, makeGroup } from '../../generators/kernelci/legacy/groups.ts';
import { regressionDocument } from '../../generators/kernelci/legacy/regressions.ts';
import { jobDocument, type Revision } from '../../generators/kernelci/legacy/revision.ts';
import { type Commit, DAY, HOUR, later, type Timeline } from './timeline.ts';

const BOARD: Device = { type: 'quay-1', mach: 'quay', lab: 'lab-old-harbour' };
/** Of mainline it takes one commit a week, and those round the culprit. */
const MAINLINE_DAYS = [38, 31, 24, 17, 10, 9, 2];
const ERA = ERAS.at(-1) ?? ERAS[0];
const CASES = ['login', 'rtcwake-mem'] as const;

/** What an old lab knows that still reports to kernelci-backend: stable every week, mainline now and then, a day late. */
export function* legacyStory(timeline: Timeline): Generator<CollectionDocument> {
  const chance = new Chance(1991);
  const stable = timeline.commits.filter(({ tree }) => tree.name === 'stable');
  const commits = [...MAINLINE_DAYS.map((daysAgo) => timeline.mainline(daysAgo)), ...stable];
  let passed: Case | null = null;
  for (const commit of commits) {
    const build = buildOf(chance, commit);
    yield { collection: 'job', document: jobDocument(chance, build.revision) };
    yield { collection: 'build', document: buildDocument(chance, build) };
    const group = makeGroup(chance, build, 'sleep', BOARD, false);
    const cases = CASES.map((name, index): Case => {
      const time = later(group.time, 2 + index);
      const hangs = name === 'rtcwake-mem' && timeline.hasRegression(commit);
      return { id: chance.id(time), group, time, name, index: index + 1, status: hangs ? 'FAIL' : 'PASS' };
    });
    const ids = cases.map(({ id }) => id);
    const written = { ...groupDocument(chance, group, null, null, [], ids), build_id: build.id };
    yield { collection: 'test_group', document: written };
    for (const one of cases) {
      const isNew = one.status === 'FAIL' && passed !== null && commit === timeline.culprit;
      const regression = isNew ? chance.id(later(one.time, 10_000)) : null;
      yield { collection: 'test_case', document: caseDocument(chance, one, regression) };
      if (regression !== null && passed !== null) {
        yield { collection: 'test_regression', document: regressionDocument(regression, [passed, one]) };
      }
      if (one.name === 'rtcwake-mem' && one.status === 'PASS') passed = one;
    }
  }
}

function buildOf(chance: Chance, { tree, hash, name, time: committed }: Commit): Build {
  const time = later(committed, DAY + HOUR);
  const revision: Revision = {
    era: ERA,
    time,
    jobId: chance.id(time),
    job: tree.name,
    branch: tree.branch,
    kernel: name,
    commit: hash,
    url: tree.repository,
  };
  return { ...makeBuild(chance, revision, 0), hasFailed: false };
}
