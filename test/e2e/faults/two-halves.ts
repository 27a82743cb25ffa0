import type { StoredObject } from '../../../adapters/contract/adapter.ts';
import { build, checkout, test } from '../../support/model-objects.ts';

/** Tests of both halves together. */
export const TESTS = 12;

export type Half = 0 | 1;

export const testId = (n: number): string => `lab:test-${String(n).padStart(2, '0')}`;
const time = (n: number, fraction: string) => `2026-03-01T10:${String(n).padStart(2, '0')}:00${fraction}`;

/** The tests of a half, newest first: every other one, so that a merged list takes from both in turn. */
export function idsOf(...halves: readonly Half[]): readonly string[] {
  const all = Array.from({ length: TESTS }, (_, n) => TESTS - 1 - n);
  return all.filter((n) => halves.some((half) => n % 2 === half)).map(testId);
}

const numbersOf = (half: Half) => Array.from({ length: TESTS / 2 }, (_, n) => 2 * n + half);

/** A checkout and a build that both halves have, and the half of its tests, as a KCIDB document. */
export function documentOf(half: Half, tests: readonly object[] = []): string {
  const common = { origin: 'lab' };
  return JSON.stringify({
    version: { major: 5, minor: 3 },
    checkouts: [{ ...common, id: 'lab:checkout', git_commit_hash: '5'.repeat(40) }],
    builds: [{ ...common, id: 'lab:build', checkout_id: 'lab:checkout', start_time: time(0, '+00:00') }],
    tests: [
      ...numbersOf(half).map((n) => ({
        ...common,
        id: testId(n),
        build_id: 'lab:build',
        start_time: time(n, '+00:00'),
        status: 'PASS',
      })),
      ...tests,
    ],
  });
}

/** The same as the native store is given it. */
export function objectsOf(half: Half): readonly StoredObject[] {
  return [
    checkout({ id: 'lab:checkout', gitCommitHash: '5'.repeat(40) }),
    build({ id: 'lab:build', checkoutId: 'lab:checkout', startTime: time(0, '.000000Z') }),
    ...numbersOf(half).map((n) =>
      test({ id: testId(n), buildId: 'lab:build', startTime: time(n, '.000000Z'), status: 'PASS' }),
    ),
  ];
}
