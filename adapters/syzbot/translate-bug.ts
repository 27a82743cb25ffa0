import { createHash } from 'node:crypto';
import type { Build, Checkout, Incident, Issue, Test } from '../kit/author.ts';
import type { Bug, Crash } from './client/read-bug.ts';
import { crashId } from './ids.ts';
import { textIdIn } from './links.ts';
import { isBuildError, translateBuild } from './translate-build.ts';
import { translateCheckout } from './translate-checkout.ts';
import { translateIncident } from './translate-incident.ts';
import { type BugContext, translateIssue } from './translate-issue.ts';
import { translateTest } from './translate-test.ts';

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
