import type { Document, ObjectId } from 'bson';
import { type Chance, later } from '../chance.ts';
import type { Case } from './cases.ts';

/** One entry of a regression: a run of its test. */
function entry({ id, group, time, status }: Case): Document {
  const { build, path, device } = group;
  return {
    test_case_id: id,
    created_on: time,
    status,
    boot_log: `${path[0]}-${device.type}.txt`,
    boot_log_html: `${path[0]}-${device.type}.html`,
    build_id: build.id,
    git_commit: build.revision.commit,
    kernel: build.revision.kernel,
    lab_name: device.lab,
    plan_variant: path[0] ?? null,
  };
}

/** `runs`: the last that passed, and the failures since, the last of which this is of. */
export function regressionDocument(id: ObjectId, runs: readonly [Case, ...Case[]]): Document {
  const last = runs.at(-1) ?? runs[0];
  const { build, device, path } = last.group;
  const { revision } = build;
  return {
    _id: id,
    arch: build.arch,
    build_environment: build.environment,
    compiler: 'gcc',
    compiler_version: '8',
    created_on: later(last.time, 10_000),
    defconfig_full: build.defconfigFull,
    device_type: device.type,
    git_branch: revision.branch,
    git_url: revision.url,
    hierarchy: [...path, last.name],
    job: revision.job,
    kernel: revision.kernel,
    lab_name: device.lab,
    mach: device.mach,
    plan: path[0] ?? null,
    regressions: runs.map(entry),
    test_case_path: [...path, last.name].join('.'),
    version: null,
  };
}

/** The search for the commit that a regression came with. */
export function bisectDocument(chance: Chance, regression: ObjectId, good: Case, bad: Case): Document {
  const { build, device, path } = bad.group;
  const time = later(bad.time, 400_000);
  const isDone = !chance.oneIn(3);
  return {
    _id: chance.id(time),
    arch: build.arch,
    bad_commit: build.revision.commit,
    bad_commit_date: bad.time,
    bad_commit_url: build.revision.url,
    bad_summary: `${build.revision.commit.slice(0, 12)} Linux ${build.revision.kernel}`,
    build_environment: build.environment,
    build_id: build.id,
    checks: isDone ? { 'test last good': 'PASS', 'test last bad': 'FAIL', revert: chance.of(['PASS', 'FAIL']) } : {},
    compare_to: null,
    compiler: 'gcc',
    compiler_version: '8',
    created_on: time,
    defconfig: null,
    defconfig_full: build.defconfigFull,
    device_type: device.type,
    found_summary: isDone ? `${chance.hex(12)} foo: drop the bar lock before calling baz` : null,
    git_branch: build.revision.branch,
    git_url: build.revision.url,
    good_commit: good.group.build.revision.commit,
    good_commit_date: good.time,
    good_commit_url: good.group.build.revision.url,
    good_summary: `${good.group.build.revision.commit.slice(0, 12)} Linux ${good.group.build.revision.kernel}`,
    job: build.revision.job,
    job_id: null,
    kernel: build.revision.kernel,
    lab_name: device.lab,
    log: chance.oneIn(2) ? 'https://storage.kernelci.org/bisect.txt' : 'git bisect start\n# good: …',
    plan_variant: path[0] ?? null,
    regression_id: regression,
    test_case_path: [...path, bad.name].join('.'),
    type: 'test',
    version: '1.0',
  };
}
