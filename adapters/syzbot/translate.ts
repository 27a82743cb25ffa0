import { createHash } from 'node:crypto';
import { secureRepositoryUrl } from '../contract/time-and-url.ts';
import {
  type Build,
  type Checkout,
  type Incident,
  type Issue,
  type JsonObject,
  normaliseTime,
  type Resource,
  type Test,
} from '../kit/author.ts';
import { type Bug, type Crash, isObject } from './client.ts';
import { buildId, checkoutId, crashId, issueId } from './ids.ts';

/** All that the page of one bug tells, in the common model. */
export interface BugObjects {
  readonly issue: Issue;
  /** When it was first seen: what lists of issues are sorted by. */
  readonly time: string | null;
  readonly checkouts: readonly Checkout[];
  readonly builds: readonly Build[];
  readonly tests: readonly Test[];
  readonly incidents: readonly Incident[];
}

export function translateBug(bug: Bug, context: BugContext): BugObjects {
  const issue = translateIssue(bug, context);
  const checkouts = new Map<string, Checkout>();
  const builds = new Map<string, Build>();
  const tests = new Map<string, Test>();
  const incidents = new Map<string, Incident>();
  for (const crash of bug.crashes) {
    const id = crashId(bug.id, reportOf(crash));
    const build = translateBuild(crash, context.url);
    if (build !== null && crash.kernelSourceCommit !== null) {
      const checkout = translateCheckout(crash.kernelSourceCommit, crash.kernelSourceGit);
      if (!checkouts.has(checkout.id)) checkouts.set(checkout.id, checkout);
      if (!builds.has(build.id)) builds.set(build.id, build);
    }
    const isTest = build !== null && !isBuildError(crash);
    if (isTest) tests.set(id, translateTest(id, build.id, crash, context.url));
    const where = { testId: isTest ? id : null, buildId: isTest ? null : (build?.id ?? null) };
    incidents.set(id, translateIncident(id, issue, where, crash.title));
  }
  return {
    issue,
    time: bug.firstCrash,
    checkouts: [...checkouts.values()],
    builds: [...builds.values()],
    tests: [...tests.values()],
    incidents: [...incidents.values()],
  };
}

/** What tells a crash from the others of its bug: its report, or, where it has none, all that it says. */
function reportOf(crash: Crash): string {
  const report = textIdIn(crash.crashReportLink);
  return report ?? `h${createHash('sha1').update(JSON.stringify(crash)).digest('hex').slice(0, 16)}`;
}

/** What is known of a bug beside its page. */
export interface BugContext {
  /** The dashboard. */
  readonly url: string;
  /** The external id by which it was found last. */
  readonly extid: string | null;
  /** Null where no list named it. */
  readonly namespace: string | null;
  /** Of the copy that was known before: a version never goes back. */
  readonly versionBefore: number;
}

/** A bug as an issue. */
export function translateIssue(bug: Bug, context: BugContext): Issue {
  const { url, extid } = context;
  const version = Math.max(versionOf(bug), context.versionBefore);
  const query = extid === null ? `id=${bug.id}` : `extid=${extid}`;
  return {
    id: issueId(bug.id),
    origin: 'syzbot',
    version,
    categories: null,
    reportUrl: new URL(`${new URL(url).pathname.replace(/\/$/, '')}/bug?${query}`, url).href,
    reportSubject: bug.title,
    culprit: { code: true, tool: null, harness: null },
    comment: bug.title,
    timestamp: version === 0 ? null : normaliseTime(new Date(version * 1000).toISOString()),
    misc: miscOf(bug, stateOf(bug), context),
  };
}

/** Seconds since the epoch of the last thing that happened to the bug, which grow as it goes on. */
export function versionOf({ closeTime, fixTime, lastCrash, firstCrash }: Bug): number {
  const times = [closeTime, fixTime, lastCrash].flatMap((time) => time ?? []);
  if (times.length === 0 && firstCrash !== null) times.push(firstCrash);
  return Math.max(0, ...times.map((time) => Math.floor(Date.parse(time) / 1000)));
}

function miscOf(bug: Bug, state: BugState, { extid, namespace }: BugContext): JsonObject {
  const misc = {
    state,
    status: bug.status,
    namespace,
    extid,
    'first-crash': bug.firstCrash,
    'last-crash': bug.lastCrash,
    'fix-time': bug.fixTime,
    'close-time': bug.closeTime,
    'fix-commits': bug.fixCommits.length === 0 ? null : bug.fixCommits,
    'cause-commit': bug.causeCommit,
    discussions: bug.discussions.length === 0 ? null : bug.discussions,
  };
  return Object.fromEntries(Object.entries(misc).filter(([, value]) => value !== null));
}

/** A crash as a test that failed. When it happened is not published. */
export function translateTest(id: string, buildId: string, crash: Crash, url: string): Test {
  return {
    id,
    origin: 'syzbot',
    buildId,
    environment: null,
    path: 'syzkaller',
    comment: crash.title,
    logUrl: null,
    logExcerpt: null,
    status: 'FAIL',
    number: null,
    startTime: null,
    duration: null,
    inputFiles: null,
    outputFiles: filesOf(crash, url),
    timestamp: null,
    misc: crashMisc(crash),
  };
}

function filesOf(crash: Crash, url: string): readonly Resource[] | null {
  const links = [
    ['report.txt', crash.crashReportLink],
    ['repro.c', crash.cReproducer],
    ['repro.syz.txt', crash.syzReproducer],
  ] as const;
  const files = links.flatMap(([name, link]) => {
    const address = absolute(link, url);
    return address === null ? [] : [{ name, url: address }];
  });
  return files.length === 0 ? null : files;
}

function crashMisc({ syzkallerGit, syzkallerCommit, reproOpts }: Crash): JsonObject | null {
  const misc = {
    'syzkaller-git': syzkallerGit,
    'syzkaller-commit': syzkallerCommit,
    'repro-opts': reproOpts === null ? null : (objectIn(reproOpts) ?? reproOpts),
  };
  const told = Object.entries(misc).filter(([, value]) => value !== null);
  return told.length === 0 ? null : Object.fromEntries(told);
}

/** Options of a reproducer come as JSON within a text. */
function objectIn(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether a crash is that of a build that failed, by which syzbot knows it too. */
export function isBuildError({ title }: Pick<Crash, 'title'>): boolean {
  return /\bbuild error\b/i.test(title ?? '');
}

/** The kernel of a crash as a build: one a commit and configuration; null where the commit is not told. */
export function translateBuild(crash: Crash, url: string): Build | null {
  const { kernelSourceCommit: commit, kernelConfig } = crash;
  if (commit === null) return null;
  const config = textIdIn(kernelConfig);
  const isFailed = isBuildError(crash);
  const report = isFailed ? absolute(crash.crashReportLink, url) : null;
  return {
    id: buildId(commit, config),
    origin: 'syzbot',
    checkoutId: checkoutId(commit),
    comment: null,
    startTime: null,
    duration: null,
    architecture: crash.architecture,
    command: null,
    compiler: crash.compilerDescription,
    inputFiles: null,
    outputFiles: report === null ? null : [{ name: 'report.txt', url: report }],
    configName: null,
    // As syzbot writes it where it submits a build itself, so that the two can be joined by it.
    configUrl: config === null ? absolute(kernelConfig, url) : absolute(`x/.config?x=${config}`, folderOf(url)),
    logUrl: null,
    logExcerpt: null,
    status: isFailed ? 'FAIL' : 'PASS',
    timestamp: null,
    misc: null,
  };
}

function folderOf(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

/** The kernel commit of a crash as a checkout: its branch, its name and its time are not published. */
export function translateCheckout(commit: string, kernelSourceGit: string | null): Checkout {
  const gitRepositoryUrl = repositoryIn(kernelSourceGit);
  const isShown = kernelSourceGit === null || kernelSourceGit === gitRepositoryUrl;
  return {
    id: checkoutId(commit),
    origin: 'syzbot',
    treeName: null,
    gitRepositoryUrl,
    gitCommitHash: commit,
    gitCommitName: null,
    gitCommitTags: null,
    gitCommitMessage: null,
    gitRepositoryBranch: null,
    gitRepositoryBranchTip: null,
    patchsetFiles: null,
    patchsetHash: null,
    messageId: null,
    comment: null,
    startTime: null,
    originBuildsFinishTime: null,
    originTestsFinishTime: null,
    logUrl: null,
    logExcerpt: null,
    valid: true,
    timestamp: null,
    misc: isShown ? null : { 'kernel-source-git': kernelSourceGit },
  };
}

/** A crash as the incident of its bug: in a test, or in the build that failed. */
export function translateIncident(
  id: string,
  issue: Pick<Issue, 'id' | 'version'>,
  where: { readonly testId: string | null; readonly buildId: string | null },
  comment: string | null,
): Incident {
  return {
    id,
    origin: 'syzbot',
    issueId: issue.id,
    issueVersion: issue.version,
    buildId: where.buildId,
    testId: where.testId,
    present: true,
    comment,
    timestamp: null,
    misc: null,
  };
}

/** `unknown` for a status text that none of them fits. */
export type BugState = 'open' | 'fix-pending' | 'fixed' | 'invalid' | 'dup' | 'unknown';

const CLOSED: readonly (readonly [RegExp, BugState])[] = [
  [/^fixed on\b/, 'fixed'],
  [/^(?:auto-)?closed as invalid\b/, 'invalid'],
  [/^(?:auto-)?obsoleted\b/, 'invalid'],
  [/^closed as dup\b/, 'dup'],
];
const OPEN =
  /^(?:no crashes yet|no reporting left|\?\?\?)$|^[^:]+: (?:reported\b|waiting for\b|initial reporting delay|no report\b|no crashes!|out of quota\b|ready to report\b|reporting suspended|reporting has daily limit\b)/;

/** What became of a bug, by the text of its status and by whether it has a fix. */
export function stateOf({ status, fixCommits }: Pick<Bug, 'status' | 'fixCommits'>): BugState {
  const text = status ?? '';
  const closed = CLOSED.find(([pattern]) => pattern.test(text));
  if (closed !== undefined) return closed[1];
  if (!OPEN.test(text)) return 'unknown';
  return fixCommits.length > 0 ? 'fix-pending' : 'open';
}

/** A link of the dashboard made absolute; null where it is none that a browser could open. */
export function absolute(link: string | null, url: string): string | null {
  if (link === null || !URL.canParse(link, url)) return null;
  const address = new URL(link, url);
  return address.protocol === 'https:' || address.protocol === 'http:' ? address.href : null;
}

/** What names a text in its link: `x`, or in old links the decimal `id`. */
export function textIdIn(link: string | null): string | null {
  if (link === null) return null;
  const query = new URLSearchParams(link.slice(link.indexOf('?') + 1));
  const id = query.get('x') ?? query.get('id') ?? '';
  return /^[0-9A-Za-z]{1,64}$/.test(id) ? id : null;
}

/**
 * The repository in what a crash says of it: an address, or until 2026 a page of its history. Null where what is left is
 * none that KCIDB takes.
 */
export function repositoryIn(text: string | null): string | null {
  if (text === null) return null;
  const address = secureRepositoryUrl(text.replace(/\/(?:\+?log\/?\?|\+?log\/|commits?\/).*$/s, ''));
  return address.startsWith('https://') && URL.canParse(address) ? address : null;
}
