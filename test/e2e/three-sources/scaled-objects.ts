import type { StoredObject } from '../../../adapters/contract/adapter.ts';
import { build, checkout, incident, issue, test } from '../../support/model-objects.ts';

export const COMMIT = '5e1f0a7c2b9d4c3866a1d0f2e4b7c98d31f05a62';
export const NOW = new Date('2026-03-08T12:00:00Z');

/** One commit with so many checkouts, builds, tests, issues and incidents that every page of the examples has `n` times as many. */
export function scaledObjects(n: number): readonly StoredObject[] {
  const numbers = (count: number) => Array.from({ length: count * n }, (_, index) => index);
  const time = (index: number) => new Date(NOW.getTime() - 60_000 * (index + 1)).toISOString().replace('Z', '000Z');
  return [
    ...numbers(1).map((index) =>
      checkout({ id: `acme:checkout-${index}`, gitCommitHash: COMMIT, treeName: 'mainline', startTime: time(index) }),
    ),
    ...numbers(3).map((index) =>
      build({
        id: `acme:build-${index}`,
        checkoutId: `acme:checkout-${index % n}`,
        status: 'PASS',
        startTime: time(index),
      }),
    ),
    ...numbers(9).map((index) =>
      test({
        id: `acme:test-${index}`,
        buildId: `acme:build-${index % (3 * n)}`,
        path: 'boot.login',
        status: index % 3 === 0 ? 'FAIL' : 'PASS',
        startTime: time(index),
        environment: { comment: null, compatible: null, misc: { platform: 'bcm2711-rpi-4-b' } },
      }),
    ),
    ...numbers(2).map((index) =>
      issue({ id: `acme:issue-${index}`, version: 1, misc: { 'cause-commit': COMMIT }, reportSubject: 'A bug' }),
    ),
    ...numbers(4).map((index) =>
      incident({
        id: `acme:incident-${index}`,
        issueId: `acme:issue-${index % (2 * n)}`,
        issueVersion: 1,
        testId: `acme:test-${3 * index}`,
        present: true,
      }),
    ),
  ];
}
