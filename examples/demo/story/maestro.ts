import type { Document, ObjectId } from 'bson';
import { Chance } from '../../generators/kernelci/chance.ts';
import type { CollectionDocument } from '../../generators/kernelci/collection-document.ts';
import { envelope } from '../../generators/kernelci/maestro/checkouts.ts';
import { type Board, type Job, jobsOf } from './maestro-jobs.ts';
import { type Commit, HOUR, later, MINUTE, type Timeline } from './timeline.ts';

const FILES = 'https://files.example.org';
const BUILDS = [
  { name: 'kbuild-gcc-14-arm64', arch: 'arm64', config: 'defconfig' },
  { name: 'kbuild-gcc-14-x86', arch: 'x86_64', config: 'x86_64_defconfig' },
] as const;

/** A node on its way to be written: what all of one checkout share, and where it hangs. */
interface Place {
  readonly chance: Chance;
  readonly treeid: string;
  readonly revision: Document;
  readonly parent: ObjectId | null;
  readonly path: readonly string[];
}

/** What today's KernelCI knows: every commit of the three trees, built and run on two boards, of mainline on three. */
export function* maestroStory(timeline: Timeline): Generator<CollectionDocument<'node'>> {
  const chance = new Chance(2026);
  for (const commit of timeline.commits) {
    for (const document of checkoutTree(chance, commit, timeline)) yield { collection: 'node', document };
  }
}

function* checkoutTree(chance: Chance, commit: Commit, timeline: Timeline): Generator<Document> {
  const { tree, hash, name, subject } = commit;
  const revision = {
    tree: tree.name,
    url: tree.repository,
    branch: tree.branch,
    commit: hash,
    describe: name,
    commit_tags: [],
    commit_message: subject,
    tip_of_branch: true,
  };
  const place: Place = { chance, treeid: chance.hex(64), revision, parent: null, path: ['checkout'] };
  const time = later(commit.time, 30 * MINUTE);
  const checkout = nodeAt(place, time, {
    kind: 'checkout',
    name: 'checkout',
    group: null,
    artifacts: { tarball: `${FILES}/linux-${tree.name}-${hash.slice(0, 12)}.tar.gz` },
    data: { kernel_revision: revision, architecture_filter: ['x86_64', 'arm64'] },
  });
  yield checkout;
  const builds = tree.name === 'mainline' ? BUILDS : BUILDS.slice(0, 1);
  for (const build of builds) yield* buildTree(place, checkout, build, commit, timeline);
}

function* buildTree(
  above: Place,
  checkout: Document,
  { name, arch, config }: (typeof BUILDS)[number],
  commit: Commit,
  timeline: Timeline,
): Generator<Document> {
  const place: Place = { ...above, parent: checkout._id, path: ['checkout', name] };
  const known = { kernel_revision: above.revision, arch, compiler: 'gcc-14', config_full: config, defconfig: config };
  const kbuild = nodeAt(place, later(commit.time, HOUR), {
    kind: 'kbuild',
    name,
    artifacts: {
      kernel: `${FILES}/${commit.hash}/${arch}/Image`,
      build_log: `${FILES}/${commit.hash}/${arch}/build.log.gz`,
      _config: `${FILES}/${commit.hash}/${arch}/.config`,
    },
    data: { ...known, platform: 'kubernetes', runtime: 'k8s-gke-eu-west4', kernel_type: 'image', fragments: [] },
  });
  yield kbuild;
  for (const job of jobsOf(arch, commit, timeline)) {
    yield* jobTree({ ...place, parent: kbuild._id, path: [...place.path, job.name] }, job, known);
  }
}

function* jobTree(place: Place, job: Job, known: Document): Generator<Document> {
  const { board, name, time, outcome } = job;
  const shared = { ...known, kernel_type: 'image', ...surroundings(board) };
  const hasFailed = outcome === 'incomplete';
  const log = `${FILES}/${place.treeid.slice(0, 12)}/${board.name}/${name}`;
  const node = nodeAt(place, time, {
    kind: 'job',
    name,
    ...(outcome === 'running' ? { state: 'running', result: null } : { result: hasFailed ? 'incomplete' : 'pass' }),
    artifacts: outcome === 'running' ? {} : { lava_log: `${log}/log.txt.gz` },
    data: {
      ...shared,
      job_id: String(700_000 + place.chance.below(90_000)),
      ...(hasFailed ? { error_code: 'Infrastructure', error_msg: 'No power at the bench' } : {}),
    },
  });
  yield node;
  for (const [test, status] of Object.entries(job.tests)) {
    const below = { ...place, parent: node._id, path: [...place.path, test] };
    yield nodeAt(below, later(time, 10 * MINUTE), {
      kind: 'test',
      name: test,
      group: name,
      result: status,
      artifacts: {},
      data: shared,
    });
  }
}

function surroundings({ name, lab }: Board): Document {
  return { platform: name, runtime: lab };
}

function nodeAt({ chance, treeid, parent, path }: Place, time: Date, own: Document): Document {
  const id = chance.id(time);
  return {
    ...envelope(chance, id, time, treeid),
    id,
    updated: later(time, 20 * MINUTE),
    submitter: 'service:pipeline',
    group: own.name,
    parent,
    path: [...path],
    state: 'done',
    result: 'pass',
    retry_counter: 0,
    ...own,
  };
}
