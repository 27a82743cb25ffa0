import type { Document, ObjectId } from 'bson';
import { type Chance, later } from '../chance.ts';

/** A checkout and what all below it repeat of it. */
export interface Checkout {
  readonly id: ObjectId;
  readonly time: Date;
  readonly revision: Document;
  readonly treeid: string;
  readonly name: 'checkout' | 'patchset';
}

const HOST = 'git.kernel.org/pub/scm/linux/kernel/git';
const TREES = [
  ['mainline', 'master', `https://${HOST}/torvalds/linux.git`],
  ['next', 'master', `https://${HOST}/next/linux-next.git`],
  ['stable-rc', 'linux-6.12.y', `https://${HOST}/stable/linux-stable-rc.git`],
  ['broonie-misc', 'arm64-signal', `git://${HOST}/broonie/misc.git`],
  ['android', 'android16-6.12', 'https://android.googlesource.com/kernel/common'],
] as const;

export function makeCheckout(chance: Chance, time: Date, commit: string | null): Checkout {
  const [tree, branch, url] = chance.of(TREES);
  const sha = commit ?? chance.hex(40);
  const patch = chance.below(20);
  const described = {
    describe: `v6.${patch}-rc${1 + chance.below(8)}-${1 + chance.below(900)}-g${sha.slice(0, 12)}`,
    version: { version: 6, patchlevel: patch, extra: `-rc2-g${sha.slice(0, 12)}` },
    commit_tags: chance.oneIn(20) ? [`v6.${patch}`] : [],
    commit_message: 'foo: keep the bar reference until baz is done\n\nSigned-off-by: A Developer <dev@example.org>',
    tip_of_branch: !chance.oneIn(4),
  };
  // Before the service of tarballs ran, the revision is not described.
  const revision = { tree, url, branch, commit: sha, ...(chance.oneIn(12) ? {} : described) };
  return { id: chance.id(time), time, revision, treeid: chance.hex(64), name: 'checkout' };
}

/** The same with patches on top: a checkout below the other. */
export function makePatchset(chance: Chance, base: Checkout): Checkout {
  const time = later(base.time, 3_600_000);
  const revision = { ...base.revision, patchset: chance.hex(64) };
  return { ...base, id: chance.id(time), time, revision, name: 'patchset' };
}

/** What every node has. One that was never updated has no `id`. */
export function envelope(chance: Chance, id: ObjectId, time: Date, treeid: string): Document {
  return {
    _id: id,
    ...(chance.oneIn(3) ? {} : { id }),
    debug: chance.oneIn(10) ? null : {},
    jobfilter: null,
    platform_filter: [],
    created: time,
    updated: later(time, 60_000 + chance.below(7_200_000)),
    timeout: later(time, 21_600_000),
    holdoff: chance.oneIn(2) ? null : later(time, 600_000),
    owner: 'production',
    submitter: chance.oneIn(15) ? 'user:dev@example.org' : 'service:pipeline',
    treeid,
    user_groups: [],
    processed_by_kcidb_bridge: !chance.oneIn(4),
  };
}

export function checkoutDocument(chance: Chance, checkout: Checkout, base: Checkout | null): Document {
  const { id, time, revision, treeid, name } = checkout;
  const hasFailed = chance.oneIn(15);
  const failed = chance.of(['node_timeout', 'git_checkout_failure']);
  return {
    ...envelope(chance, id, time, treeid),
    kind: 'checkout',
    name,
    path: base === null ? ['checkout'] : ['checkout', 'patchset'],
    group: base === null ? null : 'patchset',
    parent: base?.id ?? null,
    state: chance.of(['done', 'done', 'done', 'available', 'closing', 'running']),
    result: hasFailed ? 'incomplete' : chance.of(['pass', 'pass', null]),
    artifacts: {
      ...(base === null ? {} : { patch0: 'https://lore.example.org/r/20250617-fix-v1/raw' }),
      tarball: `https://files.kernelci.org/linux-${String(revision.tree)}-${chance.hex(12)}.tar.gz`,
    },
    data: {
      kernel_revision: revision,
      architecture_filter: ['x86_64', 'arm64'],
      ...(hasFailed ? { error_code: failed, error_msg: 'It did not end' } : {}),
    },
    retry_counter: 0,
  };
}
