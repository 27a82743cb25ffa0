import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapter } from '../../../adapters/contract/adapter.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { loadRows } from '../../support/load-rows.ts';
import { execute, usePostgres } from '../../support/postgres.ts';
import { postgresSource } from '../../support/postgres-source.ts';
import { Random } from '../../support/random.ts';

const postgres = usePostgres();

const REVISIONS = 30;
const BUILDS = 65;
const TESTS = 200;
const STATUSES = ['PASS', 'PASS', 'PASS', 'FAIL', 'SKIP', null] as const;

/** What each of the stores has of a month of mainline, and how many tests of each status are shown of a commit. */
function month() {
  const random = new Random(20_260_501);
  const stores = [0, 1].map(() => ({ checkouts: [] as object[], builds: [] as object[], tests: [] as object[] }));
  const shown = new Map<string, Map<string | null, number>>();
  for (let day = 0; day < REVISIONS; day += 1) {
    const start = `2026-05-${String(day + 1).padStart(2, '0')}T06:00:00.000000Z`;
    const hash = day.toString(16).padStart(40, '5');
    const counts = new Map<string | null, number>();
    shown.set(hash, counts);
    const checkout = {
      id: `maestro:${day}`,
      origin: 'maestro',
      git_commit_hash: hash,
      tree_name: 'mainline',
      start_time: start,
    };
    for (const store of stores) store.checkouts.push(checkout);
    for (let b = 0; b < BUILDS; b += 1) {
      const build = { id: `maestro:${day}-${b}`, origin: 'maestro', checkout_id: checkout.id, start_time: start };
      for (const store of stores) store.builds.push(build);
      for (let t = 0; t < TESTS; t += 1) {
        const status = random.pick(STATUSES);
        const test = {
          id: `maestro:${day}-${b}-${t}`,
          origin: 'maestro',
          build_id: build.id,
          path: `suite.case${t}`,
          start_time: start,
        };
        const place = random.next();
        // Most are in both; of some the second store knows the status first.
        if (place < 0.9) stores[0]!.tests.push({ ...test, status: place < 0.05 ? null : status });
        if (place < 0.8 || place >= 0.9) stores[1]!.tests.push({ ...test, status });
        counts.set(status, (counts.get(status) ?? 0) + 1);
      }
    }
  }
  return { stores, shown };
}

async function* each(rows: readonly object[]): AsyncGenerator<object> {
  yield* rows;
}

describe('a month of mainline that two stores share', () => {
  const adapters: Adapter[] = [];
  const { stores, shown } = month();

  beforeAll(async () => {
    for (const store of stores) {
      const url = await postgres.migrated();
      await loadRows(url, 'checkouts', each(store.checkouts), '2026-06-01T00:00:00Z');
      await loadRows(url, 'builds', each(store.builds), '2026-06-01T00:00:00Z');
      await loadRows(url, 'tests', each(store.tests), '2026-06-01T00:00:00Z');
      await execute(url, 'ANALYZE');
      adapters.push(postgresSource(url).source);
    }
    for (const adapter of adapters) await adapter.start();
  });
  afterAll(async () => {
    for (const adapter of adapters) await adapter.stop();
  });

  it('is counted exactly, every commit of it', async () => {
    const gateway = new FederatedGateway(adapters.map((adapter, index) => ({ name: `s${index}`, adapter })));
    const times: number[] = [];
    for (const [hash, counts] of shown) {
      const started = performance.now();
      const { data, errors, report } = await gateway.ask<{ readonly revision: object | null }>(
        `{ revision(gitCommitHash: "${hash}") { statusCounts { total pass fail skip none } tests { totalCount } } }`,
      );
      times.push(performance.now() - started);
      expect([errors, report.extensions.warnings ?? []]).toEqual([[], []]);
      const count = (status: string | null) => counts.get(status) ?? 0;
      const total = BUILDS * TESTS;
      const statusCounts = {
        total,
        pass: count('PASS'),
        fail: count('FAIL'),
        skip: count('SKIP'),
        none: count(null),
      };
      expect(data.revision, hash).toEqual({ statusCounts, tests: { totalCount: total } });
    }
    times.sort((a, b) => a - b);
    console.log(
      `${shown.size} of ${shown.size} commits are counted, in ${Math.round(times[times.length >> 1]!)} ms each (median).`,
    );
  });
});
