import type { StoredObject } from '../../adapters/contract/adapter.ts';
import { STATUSES } from '../../adapters/contract/model.ts';
import { build, checkout, incident, issue, test } from './model-objects.ts';

const HASHES = ['1f', 'a0', 'c3', 'c4'].map((start) => `${start}23456789abcdef0123456789abcdef012345ab`.slice(0, 40));
const PATCHSET = 'e'.repeat(64);
const ORIGINS = ['maestro', 'redhat', 'kernelci'] as const;
const TREES = ['mainline', 'next', null] as const;
const URLS = [
  'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git',
  'https://git.kernel.org/pub/scm/linux/kernel/git/next/linux-next',
  null,
] as const;

const at = (minutes: number, micros = 0): string =>
  `2026-01-${String(10 + Math.floor(minutes / 1440)).padStart(2, '0')}T${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00.${String(micros).padStart(6, '0')}Z`;
const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % list.length];
const file = (name: string) => ({ name, url: `https://files.example.org/${name}` });

/**
 * A small source that has one of everything a conformance check wants to see: ties of time, times missing and a
 * microsecond apart, ids that sort otherwise in other collations, issues in several versions, excerpts and files,
 * patches, children of parents that are not there, and one parent with more children than a page.
 */
export function knownObjects(): readonly StoredObject[] {
  return KNOWN;
}

/** Which issues name which commit as their cause or their fix: with version, as `getMany` finds them. */
export const ISSUES_OF_REVISION: Readonly<Record<string, readonly string[]>> = {
  [HASHES[0] ?? '']: ['maestro:issue-i0'],
  [HASHES[2] ?? '']: ['maestro:issue-i0'],
};

function checkouts(): StoredObject[] {
  return Array.from({ length: 14 }, (_, n) => {
    const patched = n % 5 === 3;
    return checkout({
      id: `${pick(ORIGINS, n)}:checkout-${pick(['a', 'B', 'é', 'z', '10', '9'], n)}${n}`,
      treeName: pick(TREES, n) ?? null,
      gitRepositoryUrl: pick(URLS, n) ?? null,
      gitCommitHash: n === 13 ? null : (pick(HASHES, n) ?? null),
      gitCommitName: n % 2 === 0 ? `v6.19-rc${n}` : null,
      gitCommitTags: n % 4 === 0 ? ['v6.19', `tag-${n}`] : n % 4 === 1 ? [] : null,
      gitCommitMessage: n === 0 ? 'Linux 6.19\n\nWith a body.' : null,
      gitRepositoryBranch: n % 3 === 0 ? 'master' : 'for-next',
      gitRepositoryBranchTip: n % 3 === 0 ? true : null,
      patchsetFiles: patched ? [file(`patch-${n}.mbox`)] : null,
      patchsetHash: patched ? PATCHSET : n % 2 === 0 ? '' : null,
      messageId: patched ? `<patch-${n}@lore>` : null,
      comment: n === 1 ? '' : null,
      startTime: n % 6 === 5 ? null : at(n % 3 === 0 ? 60 : 60 + n, n % 2),
      originBuildsFinishTime: n === 2 ? at(300) : null,
      logUrl: n === 2 ? 'https://logs.example.org/checkout' : null,
      logExcerpt: n % 4 === 2 ? `checkout log ${n}\n` : null,
      valid: n % 4 === 3 ? null : n % 4 !== 1,
      misc: n % 3 === 0 ? { kernelci: { n }, list: [] } : null,
    });
  });
}

const checkoutId = (n: number): string => CHECKOUTS[n % 14]?.object.id ?? '';

function builds(): StoredObject[] {
  return Array.from({ length: 26 }, (_, n) =>
    build({
      id: `${pick(ORIGINS, n)}:build-${pick(['x', 'X', 'ü', '2', '11'], n)}${n}`,
      checkoutId: n % 9 === 8 ? `elsewhere:checkout-${n % 2}` : checkoutId(n < 12 ? 0 : n),
      comment: n === 3 ? 'a comment' : null,
      startTime: n % 7 === 6 ? null : at(100 + (n % 4), n % 3),
      duration: n % 5 === 4 ? null : n * 10.5,
      architecture: pick(['x86_64', 'arm64', null], n) ?? null,
      command: n === 4 ? 'make -j8' : null,
      compiler: n % 2 === 0 ? 'gcc-14' : 'clang-19',
      inputFiles: n === 5 ? [file('config.in')] : n === 6 ? [] : null,
      outputFiles: n % 6 === 0 ? [file('bzImage'), file('modules.tar.xz')] : null,
      configName: n % 3 === 0 ? 'defconfig' : n % 3 === 1 ? 'allmodconfig' : null,
      configUrl: n === 7 ? 'https://files.example.org/config' : null,
      logExcerpt: n % 5 === 0 ? `build log ${n}` : null,
      status: n % 7 === 0 ? null : (pick(STATUSES, n) ?? null),
      misc: n % 4 === 0 ? { job: `build-${n}` } : null,
    }),
  );
}

const buildId = (n: number): string => BUILDS[n % 26]?.object.id ?? '';

function tests(): StoredObject[] {
  const paths = ['ltp', 'ltp.syscalls', 'ltp.syscalls.open01', 'ltp-x', 'ltpx.a', 'kselftest.net', 'boot', '', null];
  return Array.from({ length: 80 }, (_, n) =>
    test({
      id: `${pick(ORIGINS, n)}:test-${pick(['m', 'M', 'ñ', '100', '20', '~'], n)}${n}`,
      buildId: n % 11 === 10 ? 'elsewhere:build' : buildId(n < 45 ? 1 : n),
      environment:
        n % 4 === 3
          ? null
          : {
              comment: n % 8 === 0 ? 'a board' : null,
              compatible: n % 3 === 0 ? ['raspberrypi,4-model-b', 'brcm,bcm2711'] : n % 3 === 1 ? [] : null,
              misc: n % 2 === 0 ? { platform: pick(['rpi4', 'qemu', 'x1'], n) ?? '', load: 1 } : null,
            },
      path: pick(paths, n) ?? null,
      comment: n === 9 ? 'flaky' : null,
      logUrl: n === 9 ? 'https://logs.example.org/test' : null,
      logExcerpt: n % 6 === 1 ? `test log ${n}` : null,
      status: n % 8 === 0 ? null : (pick(STATUSES, n) ?? null),
      number: n % 10 === 2 ? { value: n / 4, unit: 's', prefix: n === 2 ? 'metric' : null } : null,
      startTime: n % 9 === 4 ? null : at(200 + (n % 13), n % 2),
      duration: n % 3 === 0 ? n * 0.25 : null,
      outputFiles: n % 12 === 0 ? [file(`out-${n}.txt`)] : null,
      misc: n % 7 === 0 ? { runtime: 'lab', n } : null,
    }),
  );
}

const testId = (n: number): string => TESTS[n % 80]?.object.id ?? '';

function issues(): StoredObject[] {
  const versions = [[1, 2, 10], [1], [3, 4], [1760000000000], [5], [1, 2]];
  return versions.flatMap((numbers, n) =>
    numbers.map((version) =>
      issue({
        id: `${pick(ORIGINS, n)}:issue-${pick(['i', 'I', 'ö'], n)}${n}`,
        version,
        categories: n % 3 === 0 ? ['oops', `kind-${version}`] : n % 3 === 1 ? [] : null,
        reportUrl: n % 2 === 0 ? `https://bugs.example.org/${n}` : null,
        reportSubject: n === 1 ? 'KASAN: use-after-free' : null,
        culprit: n % 4 === 3 ? null : { code: version % 2 === 0, tool: n % 2 === 0 ? null : true, harness: false },
        comment: version === 2 ? 'second thoughts' : null,
        misc:
          n === 0
            ? { 'fix-commits': [{ hash: HASHES[0] ?? '' }], 'cause-commit': { hash: HASHES[2] ?? '' } }
            : n === 2
              ? { note: 'x' }
              : null,
      }),
    ),
  );
}

function incidents(): StoredObject[] {
  return Array.from({ length: 40 }, (_, n) => {
    const seen = ISSUES[n % 10]?.object;
    return incident({
      id: `${pick(ORIGINS, n)}:incident-${pick(['q', 'Q', 'å'], n)}${n}`,
      issueId: n % 13 === 12 ? 'elsewhere:issue' : (seen?.id ?? ''),
      issueVersion: seen !== undefined && 'version' in seen ? seen.version : 1,
      buildId: n % 2 === 0 ? (n % 10 === 8 ? 'elsewhere:build' : buildId(n < 20 ? 2 : n)) : null,
      testId: n % 2 === 1 ? (n % 10 === 9 ? 'elsewhere:test' : testId(n < 20 ? 1 : n)) : null,
      present: n % 3 === 2 ? null : n % 3 === 0,
      comment: n === 5 ? 'seen twice' : null,
      misc: n % 5 === 0 ? { score: n } : null,
    });
  });
}

const CHECKOUTS = checkouts();
const BUILDS = builds();
const TESTS = tests();
const ISSUES = issues();
const KNOWN: readonly StoredObject[] = [...CHECKOUTS, ...BUILDS, ...TESTS, ...ISSUES, ...incidents()];
