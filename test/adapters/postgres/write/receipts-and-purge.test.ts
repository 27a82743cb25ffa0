import { afterEach, describe, expect, it } from 'vitest';
import type { Receipt } from '../../../../adapters/contract/adapter.ts';
import { build, checkout, incident, issue, test } from '../../../support/model-objects.ts';
import { aCall, arriving, type OpenStore, openStore } from '../../../support/open-store.ts';
import { execute, usePostgres } from '../../../support/postgres.ts';

const postgres = usePostgres();
let url = '';
let opened: OpenStore | null = null;
const fresh = async () => {
  url = await postgres.migrated();
  opened = openStore(url);
  return opened;
};
afterEach(() => opened?.stop());

describe('a receipt', () => {
  it('is stored with the document that was loaded', async () => {
    const { store } = await fresh();
    await store.load(arriving([test({ id: 'maestro:1' })]), { origins: ['maestro'], submission: 'one' }, aCall());
    const receipt = await store.receipt('one');
    expect(receipt).toMatchObject({ id: 'one', origins: ['maestro'], state: 'processed', errors: [] });
    expect(receipt?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(await store.receipt('two')).toBeNull();
  });

  it('goes from waiting to its end', async () => {
    const { store, load } = await fresh();
    const waiting: Receipt = {
      id: 'one',
      origins: null,
      state: 'inprogress',
      errors: [],
      time: '2026-02-01T10:00:00.000001Z',
    };
    const now = new Date().toISOString().replace('Z', '000Z');
    await store.record({ ...waiting, time: now });
    expect(await store.receipt('one')).toEqual({ ...waiting, time: now });
    const fault = {
      path: '/tests/3/status',
      rule: 'enum',
      message: 'It is none of them.',
      value: { deep: ['GOOD', null] },
    };
    await store.record({ ...waiting, time: now, state: 'failed', errors: [fault] });
    expect(await store.receipt('one')).toMatchObject({ state: 'failed', errors: [fault] });
    await load();
    await store.load(arriving([]), { origins: null, submission: 'one' }, aCall());
    expect(await store.receipt('one')).toMatchObject({ state: 'processed', errors: [] });
  });

  it('is kept for 30 days', async () => {
    const { store, rows } = await fresh();
    await store.load(arriving([]), { origins: null, submission: 'old' }, aCall());
    await store.load(arriving([]), { origins: null, submission: 'young' }, aCall());
    await execute(url, `UPDATE receipts SET time = now() - interval '30 days 1 second' WHERE id = 'old'`);
    await execute(url, `UPDATE receipts SET time = now() - interval '29 days' WHERE id = 'young'`);
    expect(await store.receipt('old')).toBeNull();
    expect(await store.receipt('young')).not.toBeNull();
    await store.purge('2000-01-01T00:00:00.000000Z', null, false);
    expect(await rows('SELECT id FROM receipts')).toEqual([{ id: 'young' }]);
  });
});

describe('a purge', () => {
  const AT = '2026-01-01T00:00:00.000000Z';
  const filled = async () => {
    const store = await fresh();
    await store.load(
      checkout({ id: 'maestro:c', logExcerpt: 'x' }),
      build({ id: 'maestro:b', logExcerpt: 'x' }),
      ...Array.from({ length: 1500 }, (_, n) => test({ id: `maestro:${n}`, status: 'PASS', logExcerpt: 'x' })),
      test({ id: 'maestro:7', status: 'FAIL' }),
      test({ id: 'redhat:1' }),
      issue({ id: 'maestro:i', version: 1 }),
      issue({ id: 'maestro:i', version: 2 }),
      incident({ id: 'maestro:n' }),
    );
    for (const table of ['checkouts', 'builds', 'tests', 'issues', 'incidents']) {
      await execute(url, `UPDATE ${table} SET timestamp = '${AT}'`);
    }
    return store;
  };
  const later = '2026-01-01T00:00:00.000001Z';

  it('removes what was last changed before a time, with its excerpts and conflicts', async () => {
    const { store, rows } = await filled();
    await execute(url, `UPDATE tests SET timestamp = '${later}' WHERE id = 'maestro:8'`);
    const counts = { checkout: 1, build: 1, test: 1500, issue: 2, incident: 1 };
    expect(await store.purge(AT, null, false)).toEqual({ checkout: 0, build: 0, test: 0, issue: 0, incident: 0 });
    expect(await store.purge(later, null, true)).toEqual(counts);
    expect(await rows('SELECT count(*) FROM tests')).toEqual([{ count: 1501 }]);
    expect(await store.purge(later, null, false)).toEqual(counts);
    expect(await rows('SELECT id FROM tests')).toEqual([{ id: 'maestro:8' }]);
    expect(await rows('SELECT id FROM test_logs')).toEqual([{ id: 'maestro:8' }]);
    const rest = `SELECT (SELECT count(*) FROM checkouts) + (SELECT count(*) FROM builds) + (SELECT count(*) FROM issues)
      + (SELECT count(*) FROM incidents) + (SELECT count(*) FROM checkout_logs) + (SELECT count(*) FROM build_logs)
      + (SELECT count(*) FROM conflicts) AS count`;
    expect(await rows(rest)).toEqual([{ count: 0 }]);
  });

  it('touches the origins alone that were named', async () => {
    const { store, rows } = await filled();
    expect(await store.purge(later, ['redhat'], false)).toEqual({
      checkout: 0,
      build: 0,
      test: 1,
      issue: 0,
      incident: 0,
    });
    expect(await rows('SELECT count(*) FROM tests')).toEqual([{ count: 1500 }]);
  });

  it('leaves the newest of the versions that remain marked as such', async () => {
    const { store, rows, load } = await filled();
    await execute(url, `UPDATE issues SET timestamp = '${later}' WHERE version = 1`);
    expect(await store.purge(later, null, false)).toMatchObject({ issue: 1 });
    expect(await rows('SELECT version, newest FROM issues')).toEqual([{ version: 1, newest: true }]);
    await load(issue({ id: 'maestro:i', version: 2 }));
    expect(await rows('SELECT version FROM issues WHERE newest')).toEqual([{ version: 2 }]);
  });
});
