import { Chance } from '../../generators/kernelci/chance.ts';
import { ckiStory } from './cki.ts';
import { type Commit, HOUR, later, MINUTE, PATCHSET, type Timeline } from './timeline.ts';

type Made = Readonly<Record<string, unknown>> & { readonly id: string };

/** Each commit of mainline makes it so much slower: too little to be seen from one day to the next. */
const SLIDE = 0.006;
const ENVIRONMENT = {
  comment: 'A rack server that does nothing else',
  compatible: ['acme,foundry-4'],
  misc: { platform: 'foundry-4', lab: 'acme-lab' },
};

/**
 * What a vendor hands in: a measurement on every commit of mainline, the patches it was asked to try, and an issue with the
 * places where it was seen, or ruled out, in what others ran.
 */
export function acmeObjects(timeline: Timeline): Record<string, Made[]> {
  const chance = new Chance(7);
  const mainline = timeline.commits.filter(({ tree }) => tree.name === 'mainline');
  const runs = [
    ...mainline.map((commit) => ({ commit, patchset: '' })),
    { commit: timeline.patched, patchset: PATCHSET },
  ];
  return {
    checkouts: runs.map(({ commit, patchset }) => checkoutOf(commit, patchset)),
    builds: runs.map(({ commit, patchset }) => buildOf(commit, patchset)),
    tests: runs.flatMap(({ commit, patchset }) => testsOf(commit, patchset, chance)),
    issues: [1, 2].map((version) => issueOf(version, timeline)),
    incidents: incidentsOf(timeline),
  };
}

function keyOf({ place }: Commit, patchset: string): string {
  return `${1000 + place}${patchset === '' ? '' : '-patched'}`;
}

function checkoutOf(commit: Commit, patchset: string): Made {
  const { tree, hash, name, time } = commit;
  const series = 'https://lore.example.org/all/20260101-idle-v3';
  const patches = [1, 2, 3].map((number) => ({ name: `v3-000${number}.patch`, url: `${series}-${number}/raw` }));
  return {
    id: `acme:checkout-${keyOf(commit, patchset)}`,
    origin: 'acme',
    tree_name: tree.name,
    git_repository_url: tree.repository,
    git_repository_branch: tree.branch,
    git_commit_hash: hash,
    git_commit_name: name,
    patchset_hash: patchset,
    ...(patchset === '' ? {} : { patchset_files: patches, message_id: 'idle-v3-0-4c1d@example.org' }),
    start_time: later(time, 2 * HOUR).toISOString(),
    valid: true,
  };
}

function buildOf(commit: Commit, patchset: string): Made {
  return {
    id: `acme:build-${keyOf(commit, patchset)}`,
    checkout_id: `acme:checkout-${keyOf(commit, patchset)}`,
    origin: 'acme',
    architecture: 'x86_64',
    compiler: 'gcc-14',
    config_name: 'x86_64_defconfig',
    start_time: later(commit.time, 2 * HOUR + MINUTE).toISOString(),
    duration: 412,
    status: 'PASS',
  };
}

function testsOf(commit: Commit, patchset: string, chance: Chance): Made[] {
  const noise = 1 + (chance.next() - 0.5) / 250;
  // The patches are meant to make it faster, and do.
  const gain = patchset === '' ? 1 : 0.93;
  const seconds = Math.round(5000 * (1 + SLIDE) ** commit.place * noise * gain) / 1000;
  const test = (path: string, minutes: number, more: Readonly<Record<string, unknown>>) => ({
    id: `acme:test-${keyOf(commit, patchset)}-${path.replaceAll('.', '-')}`,
    build_id: `acme:build-${keyOf(commit, patchset)}`,
    origin: 'acme',
    path,
    environment: ENVIRONMENT,
    start_time: later(commit.time, 2 * HOUR + minutes * MINUTE).toISOString(),
    ...more,
  });
  return [
    test('boot', 15, { status: 'PASS', duration: 38.5 }),
    test('hackbench.pipe', 20, { status: 'DONE', duration: 300, number: { value: seconds, unit: 's' } }),
  ];
}

function issueOf(version: number, timeline: Timeline): Made {
  const isKnown = version > 1;
  return {
    id: 'acme:suspend-hang',
    version,
    origin: 'acme',
    report_subject: isKnown
      ? 'sched/deadline: machines hang on their way out of suspend'
      : 'Machines of two vendors hang in suspend',
    report_url: 'https://bugs.example.org/771',
    categories: ['power.suspend'],
    culprit: { code: isKnown, tool: false, harness: !isKnown },
    comment: isKnown
      ? `Begins with ${timeline.culprit.name}, mended by ${timeline.fix.name}`
      : 'The benches are looked at first',
  };
}

/** In what CKI ran: seen with the culprit, ruled out with the fix. */
function incidentsOf(timeline: Timeline): Made[] {
  const { checkouts, builds, tests } = ckiStory(timeline);
  return [timeline.culprit, timeline.mainline(8), timeline.fix].flatMap((commit) => {
    const checkout = checkouts.find((one) => one.git_commit_hash === commit.hash && one.patchset_hash === '');
    const below = (builds.get(checkout?.id ?? '') ?? []).flatMap(({ id }) => tests.get(id) ?? []);
    return below
      .filter(({ path }) => path === 'power_-_suspend_and_resume')
      .map(({ id }, number) => ({
        id: `acme:incident-${keyOf(commit, '')}-${number}`,
        origin: 'acme',
        issue_id: 'acme:suspend-hang',
        issue_version: 2,
        test_id: id,
        present: commit !== timeline.fix,
      }));
  });
}
