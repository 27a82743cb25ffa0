import type { Document, ObjectId } from 'bson';
import { type Chance, later } from '../chance.ts';
import { type Checkout, envelope } from './checkouts.ts';
import type { Kbuild } from './kbuilds.ts';

/** A report over a build, which is no job. */
export function processDocument(chance: Chance, kbuild: Kbuild): Document {
  const time = later(kbuild.time, 7_200_000);
  return {
    ...envelope(chance, chance.id(time), time, kbuild.checkout.treeid),
    kind: 'process',
    name: 'coverage-report-x86',
    path: ['checkout', kbuild.name, 'coverage-report-x86'],
    group: 'coverage-report-x86',
    parent: kbuild.id,
    state: 'done',
    result: 'pass',
    artifacts: {},
    data: { kernel_revision: kbuild.checkout.revision, runtime: 'k8s-gke-eu-west4', platform: 'kubernetes' },
    retry_counter: 0,
  };
}

/** Until May 2025: a test that failed after it had passed. The ids of its runs are text, or ids after a rewrite. */
export function regressionDocument(chance: Chance, checkout: Checkout, pass: ObjectId, fail: ObjectId): Document {
  const time = later(checkout.time, 86_400_000);
  const kept = (id: ObjectId) => (chance.oneIn(3) ? id : id.toHexString());
  return {
    ...envelope(chance, chance.id(time), time, checkout.treeid),
    kind: 'regression',
    name: 'alert',
    path: ['checkout', 'kbuild-gcc-14-x86', 'baseline-x86', 'dmesg', 'alert'],
    group: 'baseline-x86',
    parent: null,
    state: 'done',
    result: chance.of(['fail', 'pass', null]),
    artifacts: {},
    data: {
      fail_node: kept(fail),
      pass_node: kept(pass),
      node_sequence: [kept(chance.id(later(time, 1000)))],
      arch: 'x86_64',
      defconfig: 'x86_64_defconfig',
      compiler: 'gcc-14',
      platform: 'acer-cbv514-1h-34uz-brya',
      failed_kernel_version: checkout.revision,
      error_code: null,
      error_msg: null,
    },
    retry_counter: 0,
  };
}

/** What is left of the years before December 2023: checkouts, their revision at the top, versions as text. */
export function oldDocument(chance: Chance): Document {
  const time = new Date(Date.UTC(2022, 5, 1) + Math.floor(chance.next() * 540 * 86_400_000));
  const commit = chance.hex(40);
  const year = time.getUTCFullYear();
  const common = {
    _id: chance.id(time),
    kind: 'node',
    name: 'checkout',
    path: ['checkout'],
    group: null,
    revision: {
      tree: 'mainline',
      url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git',
      branch: 'master',
      commit,
      describe: `v6.2-rc2-77-g${commit.slice(0, 12)}`,
      version: { version: '6', patchlevel: '2', sublevel: null, extra: `-rc2-77-g${commit.slice(0, 12)}`, name: null },
    },
    parent: null,
    artifacts: { tarball: 'https://storage.example.org/linux.tar.gz' },
    created: time,
    updated: later(time, 600_000),
  };
  if (year === 2022) return { ...common, status: chance.of(['complete', 'pending', 'timeout']) };
  return { ...common, state: 'done', result: null, timeout: later(time, 3_600_000), holdoff: later(time, 600_000) };
}
