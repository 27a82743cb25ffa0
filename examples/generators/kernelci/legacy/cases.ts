import { type Document, Double, type ObjectId } from 'bson';
import { type Chance, later } from '../chance.ts';
import type { Group } from './groups.ts';

/** A test case as it is made; a failure may be one that passed before. */
export interface Case {
  readonly id: ObjectId;
  readonly group: Group;
  readonly time: Date;
  readonly name: string;
  readonly index: number;
  readonly status: string;
}

const NAMES = ['login', 'crit', 'alert', 'emerg', 'VIDIOC_QUERYCAP', 'cpufreq_main', 'dmabuf-heaps', 'sleep-freeze'];
/** Only what is posted may hold other characters. */
const POSTED_NAMES = ['mmap+userptr.v2', 'Buffer ioctls', 'blocking wait'];

export function makeCase(chance: Chance, group: Group, index: number): Case {
  const names = group.isPosted && chance.oneIn(3) ? POSTED_NAMES : NAMES;
  const time = later(group.time, 2 + index);
  return {
    id: chance.id(time),
    group,
    time,
    name: `${names[index % names.length]}${index < names.length ? '' : `-${index}`}`,
    index: index + 1,
    status: chance.of(['PASS', 'PASS', 'PASS', 'PASS', 'PASS', 'PASS', 'FAIL', 'SKIP', 'ERROR', 'UNKNOWN']),
  };
}

/** `regression` of a failure that passed on the revision before. */
export function caseDocument(chance: Chance, made: Case, regression: ObjectId | null): Document {
  const { group, name, index, status } = made;
  const { build, device } = group;
  const { revision } = build;
  const measurements = chance.oneIn(5) ? [{ value: new Double(chance.below(1000) / 4), unit: 'lines' }] : [];
  const common = {
    _id: made.id,
    created_on: made.time,
    index,
    measurements,
    name,
    status,
    time: new Date(0),
    version: '1.0',
  };
  const old = { attachments: [], definition_uri: null, kvm_guest: null, maximum: null, metadata: {}, minimum: null };
  const samples = { parameters: {}, samples: null, samples_sqr_sum: null, samples_sum: null, vcs_commit: null };
  if (revision.era.tests === 'suites') {
    const set = { test_set_id: group.id, test_suite_id: group.id, test_suite_name: group.path[0] };
    return { ...common, ...old, ...samples, ...set };
  }
  if (!revision.era.isDenormalised) {
    return { ...common, ...old, ...samples, test_group_id: group.id, test_group_name: group.name };
  }
  return {
    ...common,
    arch: build.arch,
    build_environment: build.environment,
    defconfig_full: build.defconfigFull,
    device_type: device.type,
    git_branch: revision.branch,
    git_commit: revision.commit,
    job: revision.job,
    kernel: revision.kernel,
    lab_name: device.lab,
    log_lines: status === 'FAIL' ? logLines(chance, made.time) : [],
    mach: group.isPosted ? null : device.mach,
    plan: group.path[0] ?? null,
    regression_id: regression,
    test_case_path: [...group.path, name].join('.'),
    test_group_id: group.id,
  };
}

function logLines(chance: Chance, time: Date): Document[] {
  return Array.from({ length: 1 + chance.below(6) }, (_, line) => ({
    dt: later(time, line).toISOString().slice(0, -1),
    lvl: 'target',
    msg: `kern  :alert : Unable to handle kernel paging request at virtual address dead${chance.hex(12)}`,
  }));
}
