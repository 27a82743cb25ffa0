import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapter, PageQuery } from '../../../../adapters/contract/adapter.ts';
import { asking } from '../../../support/asked-adapter.ts';
import { runExplained, scannedTables } from '../../../support/explain.ts';
import { loadRows, markNewestIssues, ndjsonRows } from '../../../support/load-rows.ts';
import { makeManyRows } from '../../../support/many-rows.ts';
import { execute, usePostgres } from '../../../support/postgres.ts';
import { callFor, postgresSource } from '../../../support/postgres-source.ts';
import { announceMissingSharedData, hasSharedData, sharedPath } from '../../../support/shared-data.ts';
import { BOUNDED_READS, READS } from './reads-of-every-kind.ts';

const MILLION = 1_000_000;
const postgres = usePostgres();

describe('a million made-up tests', () => {
  let client: pg.Client;
  beforeAll(async () => {
    const url = await postgres.migrated();
    await makeManyRows(url, {
      checkouts: 100_000,
      builds: 250_000,
      tests: MILLION,
      issues: 50_000,
      incidents: 100_000,
    });
    client = new pg.Client({ connectionString: url });
    await client.connect();
  });
  afterAll(() => client.end());

  it.each(READS)('$name scans no table', async ({ statement }) => {
    expect(await scannedTables(client, statement, 'custom')).toEqual([]);
  });

  it.each(BOUNDED_READS)('$name reads at most $bound rows', async ({ statement, bound }) => {
    expect((await runExplained(client, statement, 'custom')).rowsRead).toBeLessThanOrEqual(bound);
  });
});

interface Counts {
  readonly [status: string]: number;
}
interface Stats {
  readonly testsByStatus: Counts;
  readonly heaviestBuild: { readonly id: string; readonly tests: number; readonly testsByStatus: Counts };
  readonly heaviestRevision: Probe;
  readonly revisionProbes: readonly Probe[];
  readonly list: {
    readonly origin: string;
    readonly status: 'FAIL';
    readonly from: string;
    readonly to: string;
    readonly total: number;
    readonly newest: readonly (string | { readonly id: string })[];
  };
}
interface Probe {
  readonly gitCommitHash: string;
  readonly patchsetHash: string;
  readonly builds: number;
  readonly tests: number;
  readonly testsByStatus: Counts;
}

announceMissingSharedData('the exact answers over a million generated tests');

describe.skipIf(!hasSharedData)('a million generated tests, whose answers are known', () => {
  let folder: string;
  let stats: Stats;
  let source: Adapter;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kcigraph-generated-'));
    const options = ['--tests', String(MILLION), '--format', 'copy', '--out', folder];
    await promisify(execFile)(process.execPath, [sharedPath('kcidb/generate.mjs'), ...options]);
    stats = JSON.parse(await readFile(join(folder, 'stats.json'), 'utf8'));
    const url = await postgres.migrated();
    for (const table of ['checkouts', 'builds', 'tests', 'issues', 'incidents'] as const) {
      await loadRows(url, table, ndjsonRows(join(folder, `${table}.ndjson`)), '2026-02-01T00:00:00Z');
    }
    await markNewestIssues(url);
    await execute(url, 'VACUUM ANALYZE');
    source = postgresSource(url).source;
    await source.start();
  });
  afterAll(async () => {
    await source.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const page = (first: number, where: PageQuery<'test'>['where'] = null): PageQuery<'test'> => ({
    where,
    order: 'NEWEST',
    first,
    after: null,
  });
  const revision = ({ gitCommitHash, patchsetHash }: Probe) =>
    patchsetHash === '' ? gitCommitHash : `${gitCommitHash}+${patchsetHash}`;
  /** The generator writes milliseconds. */
  const modelTime = (time: string) => time.replace('Z', '000Z');
  const byStatus = (counts: Counts) =>
    Object.fromEntries(
      ['pass', 'fail', 'error', 'miss', 'done', 'skip'].map((name) => [name, counts[name.toUpperCase()] ?? 0]),
    );

  it('counts every test, and those of each revision, by status', async () => {
    const all = await asking(source).count?.({ entity: 'test', where: null }, callFor([]));
    expect(all?.get('')).toMatchObject({
      ...byStatus(stats.testsByStatus),
      none: stats.testsByStatus.null ?? 0,
      total: MILLION,
    });
    const probes = [stats.heaviestRevision, ...stats.revisionProbes];
    const counts = await asking(source).count?.(
      { relation: 'testsOfRevision', parents: probes.map(revision), where: null },
      callFor([]),
    );
    for (const probe of probes) {
      expect(counts?.get(revision(probe)), revision(probe)).toMatchObject({
        ...byStatus(probe.testsByStatus),
        total: probe.tests,
      });
    }
  });

  it('lists the newest failures of an origin in a window', async () => {
    const { origin, status, from, to, total, newest } = stats.list;
    const where = {
      origin: { in: [origin] },
      status: { in: [status] },
      startTime: { from: modelTime(from), to: modelTime(to) },
    };
    const counted = await asking(source).count?.({ entity: 'test', where }, callFor([]));
    expect(counted?.get('')).toMatchObject({ total });
    const { items } = await asking(source).list('test', page(newest.length, where), callFor(['id']));
    expect(items.map((item) => item.object.id)).toEqual(
      newest.map((entry) => (typeof entry === 'string' ? entry : entry.id)),
    );
  });

  it('answers the four workloads in milliseconds', async () => {
    const fields = ['id', 'status', 'path', 'startTime', 'duration'];
    const buildFields = ['id', 'status', 'architecture', 'configName', 'compiler', 'startTime', 'duration'];
    const { items: builds } = await asking(source).list(
      'build',
      { where: null, order: 'NEWEST', first: 50, after: null },
      callFor(['id']),
    );
    const ids = builds.map((item) => item.object.id);
    const { origin, status, from, to } = stats.list;
    const window = {
      origin: { in: [origin] },
      status: { in: [status] },
      startTime: { from: modelTime(from), to: modelTime(to) },
    };
    const workloads: Readonly<Record<string, () => Promise<unknown>>> = {
      'W1, a build by id with 20 tests': async () => {
        await asking(source).get('build', [stats.heaviestBuild.id], callFor(buildFields));
        await asking(source).related('testsOfBuild', [stats.heaviestBuild.id], page(20), callFor(fields));
      },
      'W2, 50 builds with 20 tests each': async () => {
        await asking(source).list(
          'build',
          { where: null, order: 'NEWEST', first: 50, after: null },
          callFor(buildFields),
        );
        await asking(source).related('testsOfBuild', ids, page(20), callFor(fields));
      },
      'W3, 100 failed tests of an origin and window': () =>
        asking(source).list('test', page(100, window), callFor(fields)),
      'W4, counts by status of the heaviest revision': async () => {
        await asking(source).count?.(
          { relation: 'testsOfRevision', parents: [revision(stats.heaviestRevision)], where: null },
          callFor([]),
        );
      },
      'W4, counts by status of 20 other revisions': async () => {
        await asking(source).count?.(
          { relation: 'testsOfRevision', parents: stats.revisionProbes.map(revision), where: null },
          callFor([]),
        );
      },
    };
    for (const [name, run] of Object.entries(workloads)) {
      const times: number[] = [];
      for (let round = 0; round < 41; round++) {
        const start = performance.now();
        await run();
        times.push(performance.now() - start);
      }
      const p50 = times.sort((one, other) => one - other)[20] ?? Infinity;
      console.log(`${name}: p50 ${p50.toFixed(2)} ms`);
      // Far above what it takes, far below what a scan of a million rows would.
      expect(p50, name).toBeLessThan(200);
    }
  });
});
