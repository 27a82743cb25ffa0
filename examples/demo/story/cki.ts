import type { CkiData, CkiIssue, CkiRecord } from '../../upstreams/cki/data.ts';
import { type Commit, DAY, HOUR, later, MINUTE, PATCHSET, type Timeline } from './timeline.ts';

const FILES = 'https://artifacts.example.org';
const ARCHES = ['x86_64', 'aarch64'] as const;
const TESTS = ['Boot test', 'power - suspend and resume', 'xfstests - nfsv4.2', 'LTP'] as const;
const HANGS = 'power - suspend and resume';
const UNSTABLE = 'xfstests - nfsv4.2';

/**
 * What Red Hat's CKI knows: it tests mainline and stable within hours, so that it sees the regression first; and it has an issue for
 * a test that has always been unstable.
 */
export function ckiStory(timeline: Timeline): CkiData {
  const { now } = timeline;
  const hang = issue(
    4207,
    'Kernel bug',
    'The machine does not come back from suspend',
    later(timeline.culprit.time, DAY),
  );
  const unstable = issue(4101, 'Test bug', 'xfstests on NFS runs into its own time-out', later(now, -30 * DAY));
  const data: CkiData = {
    checkouts: [],
    builds: new Map(),
    tests: new Map(),
    issues: [hang, unstable],
    occurrences: [],
    internal: new Set(),
  };
  const add = (commit: Commit, patchset: string | null) => {
    const number = 2_100_100_000 + 100 * data.checkouts.length;
    const checkout = checkoutOf(commit, number, patchset);
    data.checkouts.unshift(checkout);
    const builds = ARCHES.map((arch, place) => buildOf(checkout.id, commit, arch, number + place));
    data.builds.set(checkout.id, builds);
    for (const [place, build] of builds.entries()) {
      const isX86 = build.architecture === 'x86_64';
      const tests = TESTS.map((name, index) => {
        const isHung = name === HANGS && timeline.hasRegression(commit);
        const isUnstable = name === UNSTABLE && isX86 && commit.place % 5 === 2;
        const test = testOf(build.id, commit, name, {
          number: (number + place) * 10 + index,
          hasFailed: isHung || isUnstable,
        });
        for (const [seen, known] of [[isHung, hang] as const, [isUnstable, unstable] as const]) {
          if (seen) data.occurrences.push(occurrence(known, test.id, later(commit.time, 5 * HOUR)));
        }
        return test;
      });
      data.tests.set(build.id, tests);
    }
  };
  for (const commit of timeline.commits) if (commit.tree.name !== 'net-next') add(commit, null);
  add(timeline.patched, PATCHSET);
  return data;
}

function checkoutOf({ tree, hash, name, subject, time }: Commit, number: number, patchset: string | null): CkiRecord {
  return {
    id: `redhat:${number}`,
    origin: 'redhat',
    tree_name: `upstream-${tree.name}`,
    git_repository_url: tree.repository,
    git_commit_hash: hash,
    git_commit_name: name,
    git_repository_branch: tree.branch,
    patchset_hash: patchset ?? '',
    comment: patchset === null ? subject : `[PATCH 0/3] on top of: ${subject}`,
    start_time: later(time, patchset === null ? HOUR : 5 * HOUR).toISOString(),
    log_excerpt: '',
    valid: true,
    misc: { iid: 300_000 + (number % 100_000), scratch: false, retrigger: false },
  };
}

function buildOf(checkout: string, { time }: Commit, arch: string, number: number): CkiRecord {
  return {
    id: `${checkout}-${arch}-kernel`,
    checkout_id: checkout,
    origin: 'redhat',
    comment: 'CKI build',
    architecture: arch,
    command: `rpmbuild --rebuild --target ${arch}`,
    compiler: 'gcc (GCC) 15.1.1',
    config_name: `kernel-${arch}.config`,
    config_url: `${FILES}/${number}/kernel-${arch}.config`,
    start_time: later(time, HOUR + 5 * MINUTE).toISOString(),
    duration: 1_940,
    log_url: `${FILES}/${number}/build.log`,
    log_excerpt: '',
    output_files: [],
    valid: true,
    misc: { iid: 1_100_000 + (number % 1_000_000), debug: false },
  };
}

function testOf(
  build: string,
  { time }: Commit,
  name: string,
  { number, hasFailed }: { readonly number: number; readonly hasFailed: boolean },
): CkiRecord {
  const id = `${build}_upt_${1 + (number % 10)}`;
  const status = hasFailed ? 'FAIL' : 'PASS';
  return {
    id,
    build_id: build,
    origin: 'redhat',
    comment: name,
    path: name.replaceAll(/[^A-Za-z0-9-]+/g, '_'),
    environment: { comment: `host-${number % 9}.lab.example.org` },
    status,
    start_time: later(time, 3 * HOUR + (number % 10) * MINUTE).toISOString(),
    duration: 300 + (number % 10) * 40,
    log_url: `${FILES}/${number}/console.log`,
    output_files: [{ name: 'console.log', url: `${FILES}/${number}/console.log` }],
    misc: {
      iid: 19_000_000 + (number % 10_000_000),
      results: [{ id: `${id}.1`, name, comment: name, status, misc: { iid: number } }],
    },
  };
}

function issue(id: number, kind: string, description: string, edited: Date): CkiIssue {
  return {
    id,
    kind: { id: 1, description: kind, tag: kind, kernel_code_related: kind === 'Kernel bug' },
    description,
    ticket_url: `https://tickets.example.org/browse/${id}`,
    resolved: false,
    resolved_at: null,
    last_edited_at: edited.toISOString(),
    policy: { id: 1, name: 'public' },
  };
}

function occurrence(issue: CkiIssue, test: string, at: Date): CkiData['occurrences'][number] {
  return {
    issue,
    is_regression: issue.id === 4207,
    created_at: at.toISOString(),
    checkout_id: null,
    build_id: null,
    test_id: test,
    testresult_id: null,
  };
}
