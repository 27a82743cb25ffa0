import type { Build } from '../kit/author.ts';
import type { Crash } from './client/read-bug.ts';
import { buildId, checkoutId } from './ids.ts';
import { absolute, textIdIn } from './links.ts';

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
