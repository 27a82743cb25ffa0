/** Records as the DataWarehouse gives them. */
export type CkiRecord = Readonly<Record<string, unknown>> & { readonly id: string };

export interface CkiIssue {
  readonly id: number;
  readonly kind: Readonly<Record<string, unknown>>;
  readonly description: string;
  readonly ticket_url: string;
  readonly resolved: boolean;
  readonly resolved_at: string | null;
  readonly last_edited_at: string;
  readonly policy: Readonly<Record<string, unknown>>;
}

export interface CkiOccurrence {
  readonly issue: CkiIssue;
  readonly is_regression: boolean;
  readonly created_at: string;
  readonly checkout_id: string | null;
  readonly build_id: string | null;
  readonly test_id: string | null;
  readonly testresult_id: string | null;
}

/** All that a DataWarehouse holds, lists newest first. */
export interface CkiData {
  readonly checkouts: CkiRecord[];
  /** By checkout. */
  readonly builds: Map<string, CkiRecord[]>;
  /** By build. */
  readonly tests: Map<string, CkiRecord[]>;
  readonly issues: CkiIssue[];
  readonly occurrences: CkiOccurrence[];
  /** Ids of what only members see. */
  readonly internal: Set<string>;
}

export interface CkiDataSize {
  readonly checkouts: number;
  readonly builds?: number;
  readonly tests?: number;
  readonly issues?: number;
}

const ARCHES = ['x86_64', 'aarch64', 'ppc64le', 's390x'] as const;
const TESTS = [
  'Boot test',
  'LTP',
  'xfstests - nfsv4.2',
  'stress: stress-ng',
  'Storage - blk',
  'kvm-unit-tests',
] as const;
const STATUSES = ['PASS', 'PASS', 'FAIL', 'SKIP', 'ERROR', 'MISS', undefined] as const;
const TREES = [
  ['upstream-mainline', 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git', 'master'],
  ['upstream-next', 'git://git.kernel.org/pub/scm/linux/kernel/git/next/linux-next.git', 'master'],
  ['stream-10', 'https://gitlab.com/example/kernel/stream-10.git', 'main'],
] as const;
const KINDS = [
  { id: 1, description: 'Kernel bug', tag: 'Kernel Bug', kernel_code_related: true },
  { id: 3, description: 'Test bug', tag: 'Unstable Test', kernel_code_related: false },
  { id: 4, description: 'Infrastructure issue', tag: 'Infrastructure Problem', kernel_code_related: false },
] as const;
const NEWEST = Date.UTC(2026, 7, 20, 12);
const MINUTE = 60_000;
const FILES = 'https://artifacts.example.org';

/** The commit of the checkout at a place in the list; every third shares the one before, as when patches are tested on it. */
export function commitOf(place: number): string {
  const number = place - (place % 3 === 1 ? 1 : 0);
  return (0x9e3779b97f4a7c15n * BigInt(number + 1)).toString(16).padStart(20, '0').repeat(3).slice(-40);
}

/** Data of a DataWarehouse, invented: the same for the same size. Its first records are the odd ones of their kind. */
export function createCkiData({ checkouts, builds = 3, tests = 4, issues = 12 }: CkiDataSize): CkiData {
  const data: CkiData = {
    checkouts: [],
    builds: new Map(),
    tests: new Map(),
    issues: Array.from({ length: issues }, (_, place) => issueAt(place)),
    occurrences: [],
    internal: new Set(),
  };
  for (let place = 0; place < checkouts; place++) data.checkouts.push(checkoutAt(place));
  for (const [place, checkout] of data.checkouts.entries()) {
    const below = Array.from({ length: place === 1 ? 0 : builds }, (_, number) => buildAt(checkout.id, place, number));
    data.builds.set(checkout.id, below);
    for (const [number, build] of below.entries()) addTests(data, build.id, place * builds + number, tests);
  }
  return data;
}

function checkoutAt(place: number): CkiRecord {
  const [tree, url, branch] = TREES[place % TREES.length] ?? TREES[0];
  // Some stand at the very same time, and one at none.
  const minutes = 37 * (place - (place % 4 === 3 ? 1 : 0));
  return {
    id: `redhat:${2_100_100_000 - place}`,
    origin: 'redhat',
    tree_name: tree,
    git_repository_url: url,
    git_commit_hash: commitOf(place),
    git_commit_name: `v6.17-rc${place % 8}-${place}-g${commitOf(place).slice(0, 12)}`,
    git_repository_branch: branch,
    patchset_hash: place % 3 === 1 ? commitOf(place).repeat(2).slice(0, 64) : '',
    comment: `Merge of the day, number ${place}`,
    ...(place === 5 ? {} : { start_time: timeAt(minutes, place % 2 === 0 ? '' : '.000250') }),
    log_excerpt: place % 6 === 2 ? 'error: patch failed: fs/xfs/xfs_inode.c:812' : '',
    valid: place % 6 !== 2,
    misc: {
      iid: 301_000 + place,
      kernel_version: '6.17.0-rc1',
      scratch: false,
      retrigger: false,
      actions: { last_triaged_at: null },
      provenance: [{ function: 'coordinator', service_name: 'gitlab', url: `${FILES}/pipelines/${place}` }],
    },
  };
}

function buildAt(checkoutId: string, place: number, number: number): CkiRecord {
  const arch = ARCHES[number % ARCHES.length] ?? 'noarch';
  const unique = place * 100 + number;
  // The old form says whether it is valid, the new one a status; some say neither.
  const outcome =
    unique % 5 === 4 ? {} : unique % 7 === 3 ? { status: 'FAIL' } : { valid: unique % 6 !== 1, log_excerpt: '' };
  return {
    id: `${checkoutId}-${arch}-kernel${number >= ARCHES.length ? `-${number}` : ''}`,
    checkout_id: checkoutId,
    origin: 'redhat',
    comment: 'CKI build of mainline.kernel.org',
    architecture: arch,
    command: `rpmbuild --rebuild --target ${arch}`,
    compiler: 'gcc (GCC) 15.1.1 20260521 (Red Hat 15.1.1-2)',
    config_name: number === 2 ? null : `kernel-${arch}.config`,
    config_url: `${FILES}/${unique}/kernel-${arch}.config`,
    start_time: timeAt(37 * place - 8 - (number % 2)),
    duration: 1_900 + unique,
    log_url: `${FILES}/${unique}/build.log`,
    output_files: [{ name: 'buildroot-build.txt', url: `${FILES}/${unique}/buildroot-build.txt` }],
    misc: { iid: 1_100_000 + unique, debug: number % 2 === 1, package_name: 'kernel', scratch: false },
    ...outcome,
  };
}

function addTests(data: CkiData, buildId: string, build: number, count: number): void {
  const list: CkiRecord[] = [];
  for (let number = 0; number < count; number++) {
    const test = testAt(buildId, build, number);
    list.push(test);
    if (test.status === 'FAIL') occur(data, test.id, build + number);
  }
  if (build % 4 === 1) occur(data, null, build, buildId);
  data.tests.set(buildId, list);
}

function testAt(buildId: string, build: number, number: number): CkiRecord {
  const unique = build * 1_000 + number;
  const name = TESTS[number % TESTS.length] ?? 'LTP';
  const status = STATUSES[unique % STATUSES.length];
  const id = `${buildId}_upt_${number + 1}`;
  const results = Array.from({ length: number % 3 }, (_, result) => ({
    id: `${id}.${result + 1}`,
    name: `${name}: part ${result + 1}`,
    comment: `${name}: part ${result + 1}`,
    status: status ?? 'PASS',
    misc: { iid: 57_000_000 + unique * 10 + result },
  }));
  return {
    id,
    build_id: buildId,
    origin: 'redhat',
    comment: name,
    path: name.replaceAll(/[^A-Za-z0-9-]+/g, '_'),
    environment: { comment: `host-${unique % 9}.lab.example.org` },
    // What is planned or runs has neither begun nor ended.
    ...(status === undefined
      ? { output_files: [] }
      : {
          status,
          start_time: timeAt(37 * build - 20 - (number % 3)),
          duration: 300 + number,
          log_url: `${FILES}/${unique}/taskout.log`,
          output_files: [{ name: 'console.log', url: `${FILES}/${unique}/console.log` }],
        }),
    ...(unique % 11 === 2 ? { waived: true } : {}),
    misc: {
      iid: 19_000_000 + unique,
      maintainers: [{ name: 'CKI Team', email: 'cki@example.org', gitlab_username: 'cki' }],
      results,
      retrigger: false,
    },
  };
}

function occur(data: CkiData, testId: string | null, number: number, buildId: string | null = null): void {
  const issue = data.issues[number % Math.max(1, data.issues.length)];
  if (issue === undefined) return;
  data.occurrences.push({
    issue,
    is_regression: number % 5 === 0,
    created_at: timeAt(37 * number - 30),
    checkout_id: null,
    build_id: buildId,
    test_id: testId,
    testresult_id: testId !== null && number % 2 === 0 ? `${testId}.1` : null,
  });
}

function issueAt(place: number): CkiIssue {
  const resolved = place % 4 === 3;
  return {
    id: 4_200 - place,
    kind: KINDS[place % KINDS.length] ?? KINDS[0],
    description: `subsystem ${place % 7}: it fails since v6.17-rc${place % 8}`,
    ticket_url: `https://tickets.example.org/browse/${1_000 + place}`,
    resolved,
    resolved_at: resolved ? timeAt(1_000 * place) : null,
    last_edited_at: timeAt(900 * place),
    policy: { id: 1, name: 'public' },
  };
}

/** So many minutes before the newest. */
function timeAt(minutes: number, fraction = ''): string {
  return `${new Date(NEWEST - minutes * MINUTE).toISOString().slice(0, 19)}${fraction}Z`;
}
