import type { Document } from 'bson';
import { acmeObjects } from './acme.ts';
import { ckiStory } from './cki.ts';
import { maestroStory } from './maestro.ts';
import { DAY, HOUR, later, type Timeline } from './timeline.ts';

export type KcidbDocument = Readonly<Record<string, unknown>>;
type KcidbObject = Readonly<Record<string, unknown>> & { readonly id: string };

/** Only so much of what was sent to KCIDB is still there. */
const KEPT = 10 * DAY;
const SUITES: Readonly<Record<string, string>> = {
  'baseline-arm64': 'boot',
  'baseline-x86': 'boot',
  'kselftest-timers': 'kselftest.timers',
  sleep: 'kernelci_sleep',
};
const STATUSES: Readonly<Record<string, string>> = { pass: 'PASS', fail: 'FAIL', skip: 'SKIP' };

/** What was submitted: a measurement of its own by origin, and copies of what KernelCI and CKI also hold themselves. */
export function nativeStory(timeline: Timeline): readonly KcidbDocument[] {
  const document = (objects: Readonly<Record<string, readonly KcidbObject[]>>) => ({
    version: { major: 5, minor: 3 },
    ...objects,
  });
  return [document(acmeObjects(timeline)), document(maestroCopies(timeline)), document(redhatCopies(timeline))];
}

/** As the bridge sent them, each when it first ended. What was put right afterwards did not come through. */
function maestroCopies(timeline: Timeline): Record<string, KcidbObject[]> {
  const since = later(timeline.now, -KEPT);
  const nodes = [...maestroStory(timeline)]
    .map(({ document }) => document)
    .filter(({ created, result }) => created > since && result !== null);
  const named = new Map(nodes.map((node) => [String(node._id), node]));
  const common = (node: Document) => ({
    id: idOf(node._id),
    origin: 'maestro',
    start_time: node.created.toISOString(),
  });
  const of = (kind: string) => nodes.filter((node) => node.kind === kind);
  const checkouts = of('checkout').map((node) => {
    const { tree, url, branch, commit, describe } = node.data.kernel_revision;
    const git = { git_repository_url: url, git_repository_branch: branch, git_commit_hash: commit };
    return { ...common(node), ...git, tree_name: tree, git_commit_name: describe, patchset_hash: '', valid: true };
  });
  const builds = of('kbuild').map((node) => {
    const { arch, compiler, config_full } = node.data;
    const shown = { architecture: arch, compiler, config_name: config_full, status: 'PASS' };
    return { ...common(node), checkout_id: idOf(node.parent), ...shown };
  });
  const tests = of('test').flatMap((node) => {
    const { platform, runtime, kernel_revision } = node.data;
    const build = named.get(String(node.parent))?.parent;
    if (build === undefined || !named.has(String(build))) return [];
    const isCulprit = kernel_revision.commit === timeline.culprit.hash;
    // The lab took the hang for its own fault at first; a person looked at it a day later.
    const wasMisread = isCulprit && platform === 'anvil-2' && node.name === 'rtcwake-mem';
    const environment = { comment: `Runtime: ${runtime}`, misc: { platform } };
    const status = wasMisread ? 'ERROR' : STATUSES[node.result];
    return [
      { ...common(node), build_id: idOf(build), path: `${SUITES[node.group]}.${node.name}`, status, environment },
    ];
  });
  return { checkouts, builds, tests };
}

/** CKI names trees in its own way; whoever handed it on to KCIDB named them as everybody does. */
function redhatCopies(timeline: Timeline): Record<string, KcidbObject[]> {
  const { checkouts } = ckiStory(timeline);
  const since = later(timeline.now, -KEPT + HOUR).toISOString();
  const known = checkouts.filter(({ start_time }) => String(start_time) > since);
  return {
    checkouts: known.map(({ misc: _, log_excerpt: __, tree_name, ...checkout }) => ({
      ...checkout,
      tree_name: String(tree_name).replace('upstream-', ''),
    })),
  };
}

function idOf(node: unknown): string {
  return `maestro:${String(node)}`;
}
