import { afterEach, describe, expect, it } from 'vitest';
import type { StoredObject } from '../../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../../adapters/contract/errors.ts';
import { ENTITY_NAMES } from '../../../../adapters/contract/model.ts';
import { build, checkout, incident, issue, test } from '../../../support/model-objects.ts';
import { aCall, arriving, type OpenStore, openStore } from '../../../support/open-store.ts';
import { EMBEDDED, installations, usePostgres } from '../../../support/postgres.ts';

for (const installation of installations()) {
  describe(`a document on ${installation.name} PostgreSQL`, { timeout: 120_000 }, () => {
    const postgres = usePostgres(installation);
    let opened: OpenStore | null = null;
    const fresh = async () => {
      opened = openStore(await postgres.migrated());
      return opened;
    };
    afterEach(() => opened?.stop());

    const every: readonly StoredObject[] = [
      checkout({
        id: 'maestro:c',
        gitRepositoryUrl: 'https://git.kernel.org/pub/scm/linux.git/',
        gitCommitHash: 'a'.repeat(40),
        gitCommitTags: ['v6.1', 'next, "x"'],
        patchsetFiles: [],
        startTime: '0001-01-01T00:00:00.000000Z',
        originTestsFinishTime: '9999-12-31T23:59:59.999999Z',
        logExcerpt: '',
        valid: false,
        misc: {},
      }),
      build({ id: 'maestro:b', duration: 5e-324, status: 'PASS', inputFiles: [{ name: 'a', url: 'https://a/' }] }),
      test({
        id: 'maestro:t',
        environment: {
          comment: null,
          compatible: ['a,b'],
          misc: { platform: 'p', deep: [1e300, -0.1, null, 'ü\u{1F600}'] },
        },
        number: { value: 1.7976931348623157e308, unit: 'B/s', prefix: 'binary' },
        startTime: '2026-02-01T10:00:00.000001Z',
        logExcerpt: 'line\n\u{1F600}',
      }),
      issue({ id: 'maestro:i', version: Number.MAX_SAFE_INTEGER, culprit: { code: null, tool: null, harness: null } }),
      incident({ id: 'maestro:n', present: true, testId: 'maestro:t', issueVersion: Number.MAX_SAFE_INTEGER }),
    ];

    it('is stored whole, and not changed when it comes again', async () => {
      const { load, rows } = await fresh();
      const counts = await load(...every);
      expect(counts.test).toEqual({ added: 1, changed: 0, unchanged: 0 });
      expect(counts.issue).toEqual({ added: 1, changed: 0, unchanged: 0 });
      const all = `SELECT (SELECT json_agg(c) FROM checkouts c) AS c, (SELECT json_agg(b) FROM builds b) AS b,
        (SELECT json_agg(t) FROM tests t) AS t, (SELECT json_agg(i) FROM issues i) AS i,
        (SELECT json_agg(n) FROM incidents n) AS n, (SELECT json_agg(l) FROM test_logs l) AS l,
        (SELECT json_agg(l) FROM checkout_logs l) AS cl, (SELECT json_agg(f) FROM conflicts f) AS f`;
      const before = await rows<Record<string, { [column: string]: unknown }[]>>(all);
      expect(before[0]?.f).toBeNull();
      expect(before[0]?.c?.[0]).toMatchObject({ patchset_files: [], misc: {}, git_commit_tags: ['v6.1', 'next, "x"'] });
      expect(before[0]?.c?.[0]).toMatchObject({ repository_key: 'https://git.kernel.org/pub/scm/linux', valid: false });
      expect(before[0]?.t?.[0]).toMatchObject({
        platform: 'p',
        number_value: 1.7976931348623157e308,
        environment_comment: null,
      });
      expect(before[0]?.i?.[0]).toMatchObject({
        version: Number.MAX_SAFE_INTEGER,
        culprit_present: true,
        newest: true,
      });
      expect(before[0]?.l).toEqual([{ id: 'maestro:t', log_excerpt: 'line\n\u{1F600}' }]);
      const again = await load(...every, ...every);
      for (const entity of ENTITY_NAMES) expect(again[entity]).toEqual({ added: 0, changed: 0, unchanged: 1 });
      expect(await rows(all)).toEqual(before);
    });

    it('fills what an earlier one left open, and moves the timestamp of what changed alone', async () => {
      const { load, rows } = await fresh();
      await load(test({ id: 'maestro:1' }), test({ id: 'maestro:2', status: 'PASS' }));
      const [before] = await rows<{ timestamp: string }>('SELECT timestamp FROM tests LIMIT 1');
      const counts = await load(
        test({ id: 'maestro:1', status: 'PASS', logExcerpt: 'x' }),
        test({ id: 'maestro:2', status: 'FAIL', logExcerpt: 'y', misc: { a: 1 } }),
        test({ id: 'maestro:2', logExcerpt: 'z' }),
      );
      expect(counts.test).toEqual({ added: 0, changed: 2, unchanged: 0 });
      await load(test({ id: 'maestro:2', status: 'FAIL' }), test({ id: 'maestro:3', comment: 'new' }));
      expect(await rows('SELECT id, status, misc FROM tests ORDER BY id')).toEqual([
        { id: 'maestro:1', status: 'PASS', misc: null },
        { id: 'maestro:2', status: 'PASS', misc: { a: 1 } },
        { id: 'maestro:3', status: null, misc: null },
      ]);
      expect(await rows('SELECT id, log_excerpt FROM test_logs ORDER BY id')).toEqual([
        { id: 'maestro:1', log_excerpt: 'x' },
        { id: 'maestro:2', log_excerpt: 'y' },
      ]);
      expect(await rows('SELECT id, field, value, origin FROM conflicts ORDER BY field')).toEqual([
        { id: 'maestro:2', field: 'logExcerpt', value: 'z', origin: 'maestro' },
        { id: 'maestro:2', field: 'status', value: 'FAIL', origin: 'maestro' },
      ]);
      const changed = await rows<{ later: boolean }>(
        `SELECT timestamp > '${before?.timestamp}' AS later FROM tests ORDER BY id`,
      );
      expect(changed.map(({ later }) => later)).toEqual([true, true, true]);
    });

    it("leaves another origin's object as it is, and keeps what it said", async () => {
      const { load, rows } = await fresh();
      await load(test({ id: 'maestro:1', status: 'PASS' }));
      const [before] = await rows('SELECT * FROM tests');
      const foreign = test({ id: 'maestro:1', origin: 'redhat', status: 'FAIL', comment: 'mine', misc: { lab: 'x' } });
      const counts = await load(foreign);
      expect(counts.test).toEqual({ added: 0, changed: 0, unchanged: 1 });
      expect(counts).toMatchObject({ conflicts: 1, firstConflict: 'maestro:1' });
      await load(foreign);
      expect(await rows('SELECT * FROM tests')).toEqual([before]);
      expect(await rows('SELECT field, value, origin FROM conflicts ORDER BY field')).toEqual([
        { field: 'buildId', value: 'maestro:build', origin: 'redhat' },
        { field: 'comment', value: 'mine', origin: 'redhat' },
        { field: 'misc.lab', value: 'x', origin: 'redhat' },
        { field: 'origin', value: 'redhat', origin: 'redhat' },
        { field: 'status', value: 'FAIL', origin: 'redhat' },
      ]);
    });
  });
}

describe('loading', { timeout: 120_000 }, () => {
  const postgres = usePostgres(EMBEDDED);
  let opened: OpenStore | null = null;
  const fresh = async () => {
    opened = openStore(await postgres.migrated());
    return opened;
  };
  afterEach(() => opened?.stop());

  it('merges what one document says of an object several times, in its order', async () => {
    const { load, rows } = await fresh();
    const counts = await load(
      test({ id: 'maestro:1', status: 'PASS' }),
      test({ id: 'maestro:0' }),
      test({ id: 'maestro:1', status: 'FAIL', comment: 'a' }),
      test({ id: 'maestro:1', comment: 'b', origin: 'redhat' }),
    );
    expect(counts.test).toEqual({ added: 2, changed: 0, unchanged: 0 });
    expect(counts).toMatchObject({ conflicts: 1, firstConflict: 'maestro:1' });
    expect(await rows(`SELECT status, comment, origin FROM tests WHERE id = 'maestro:1'`)).toEqual([
      { status: 'PASS', comment: 'a', origin: 'maestro' },
    ]);
    expect(await rows('SELECT field, value, origin FROM conflicts ORDER BY field, value::text')).toEqual([
      { field: 'buildId', value: 'maestro:build', origin: 'redhat' },
      { field: 'comment', value: 'b', origin: 'redhat' },
      { field: 'origin', value: 'redhat', origin: 'redhat' },
      { field: 'status', value: 'FAIL', origin: 'maestro' },
    ]);
  });

  it('knows the newest version of an issue, in whatever order they come', async () => {
    const { load, rows } = await fresh();
    await load(issue({ id: 'maestro:i', version: 5 }), issue({ id: 'maestro:i', version: 2 }));
    await load(issue({ id: 'maestro:i', version: 3 }), issue({ id: 'maestro:j', version: 0 }));
    const newest = 'SELECT id, version FROM issues WHERE newest ORDER BY id';
    expect(await rows(newest)).toEqual([
      { id: 'maestro:i', version: 5 },
      { id: 'maestro:j', version: 0 },
    ]);
    await load(issue({ id: 'maestro:i', version: 7, comment: 'x' }), issue({ id: 'maestro:j', version: 1 }));
    expect(await rows(newest)).toEqual([
      { id: 'maestro:i', version: 7 },
      { id: 'maestro:j', version: 1 },
    ]);
  });

  it('finds the commits that an issue names as its cause or fix', async () => {
    const { load, rows } = await fresh();
    const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40));
    await load(
      issue({
        id: 'maestro:1',
        version: 1,
        misc: { 'fix-commits': [{ hash: a?.toUpperCase() ?? '' }, b ?? ''], 'cause-commit': c ?? '' },
      }),
      issue({
        id: 'maestro:2',
        version: 1,
        misc: { fix_commits: [7, null, { hash: 'short' }], cause_commit: { hash: b ?? '' } },
      }),
      issue({ id: 'maestro:3', version: 1, misc: { other: a ?? '' } }),
    );
    expect(await rows('SELECT id, named_commits FROM issues ORDER BY id')).toEqual([
      { id: 'maestro:1', named_commits: [a, b, c] },
      { id: 'maestro:2', named_commits: [b] },
      { id: 'maestro:3', named_commits: null },
    ]);
  });

  it('leaves nothing behind where the document breaks off', async () => {
    const { store, rows } = await fresh();
    async function* broken() {
      yield test({ id: 'maestro:1' });
      throw new Error('The body ended early.');
    }
    const loading = store.load(broken(), { origins: ['maestro'], submission: 's' }, aCall());
    await expect(loading).rejects.toThrow('The body ended early.');
    expect(await rows('SELECT (SELECT count(*) FROM tests) + (SELECT count(*) FROM receipts) AS count')).toEqual([
      { count: 0 },
    ]);
  });

  it('stops, and leaves nothing behind, where nobody waits any more', async () => {
    const { store, rows } = await fresh();
    const stop = new AbortController();
    async function* endless() {
      for (let n = 0; ; n += 1) {
        if (n === 25_000) stop.abort(new Error('gone'));
        yield test({ id: `maestro:${n}` });
      }
    }
    await expect(store.load(endless(), { origins: null, submission: 's' }, aCall(stop.signal))).rejects.toThrow('gone');
    expect(await rows('SELECT count(*) FROM tests')).toEqual([{ count: 0 }]);
  });

  it('waits for its turn where others load, for as long as somebody waits for it', async () => {
    opened = openStore(await postgres.migrated(), { loadPoolSize: 1, connectTimeout: 300 });
    const { store, load, rows } = opened;
    async function* slow() {
      yield test({ id: 'maestro:slow' });
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    const by = { origins: null, submission: 's' };
    const impatient = new AbortController();
    const loads = [
      store.load(slow(), by, aCall()),
      store.load(slow(), by, aCall(impatient.signal)),
      load(test({ id: 'maestro:2' })),
    ];
    impatient.abort(new Error('gone'));
    expect((await Promise.allSettled(loads)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await rows('SELECT id FROM tests ORDER BY id')).toEqual([{ id: 'maestro:2' }, { id: 'maestro:slow' }]);
  });

  it('takes a document that does not fit into memory as it takes a small one', async () => {
    const { load, rows, store } = await fresh();
    await load(test({ id: 'maestro:00007', status: 'PASS' }));
    function* large(): Iterable<StoredObject> {
      for (let n = 0; n < 21_000; n += 1) {
        yield test({ id: `maestro:${String(n).padStart(5, '0')}`, status: 'FAIL' });
        // One that is said of so often that it fills batches of its own, by two origins.
        if (n > 19_000) yield test({ id: 'maestro:often', duration: n % 3 });
        if (n > 19_000) yield test({ id: 'redhat:often', origin: n < 20_500 ? 'arm' : 'redhat' });
      }
      for (let version = 0; version < 700; version += 1) yield issue({ id: 'maestro:i', version });
    }
    const by = { origins: null, submission: 'large' };
    const counts = await store.load(arriving(large()), by, aCall());
    expect(counts.test).toEqual({ added: 21_001, changed: 0, unchanged: 1 });
    expect(counts).toMatchObject({ conflicts: 1, firstConflict: 'redhat:often' });
    expect(counts.issue).toEqual({ added: 700, changed: 0, unchanged: 0 });
    expect(await rows('SELECT count(*) FROM tests')).toEqual([{ count: 21_002 }]);
    expect(await rows(`SELECT duration FROM tests WHERE id = 'maestro:often'`)).toEqual([{ duration: 2 }]);
    expect(await rows(`SELECT origin FROM tests WHERE id = 'redhat:often'`)).toEqual([{ origin: 'redhat' }]);
    expect(
      await rows(`SELECT id, field, value FROM conflicts WHERE origin = 'maestro' ORDER BY id, value::text`),
    ).toEqual([
      { id: 'maestro:00007', field: 'status', value: 'FAIL' },
      { id: 'maestro:often', field: 'duration', value: 0 },
      { id: 'maestro:often', field: 'duration', value: 1 },
    ]);
    expect(await rows('SELECT version FROM issues WHERE newest')).toEqual([{ version: 699 }]);
    const again = await store.load(arriving(large()), by, aCall());
    expect(again.test).toEqual({ added: 0, changed: 0, unchanged: 21_002 });
    expect(again).toMatchObject({ conflicts: 1, firstConflict: 'redhat:often' });
  });

  it('orders ids by their bytes on both sides', async () => {
    const { load, rows } = await fresh();
    await load(
      test({ id: 'maestro:\u{1F600}' }),
      test({ id: 'maestro:\uFF5E' }),
      test({ id: 'maestro:\uFF5E', status: 'PASS' }),
    );
    expect(await rows('SELECT id FROM tests ORDER BY id')).toEqual([
      { id: 'maestro:\uFF5E' },
      { id: 'maestro:\u{1F600}' },
    ]);
  });

  it('takes text of any length where it is no key, and refuses a key that no index holds', async () => {
    const { load, rows } = await fresh();
    // Letters that do not compress.
    const long = Array.from({ length: 9000 }, (_, n) => ((n * n * 7919) % 36).toString(36)).join('');
    await load(
      checkout({
        id: `maestro:${'c'.repeat(990)}`,
        treeName: long,
        gitRepositoryUrl: `https://${long}`,
        gitRepositoryBranch: long,
        gitCommitName: long,
        messageId: long,
        gitCommitTags: [long],
      }),
      test({
        id: `maestro:${'ü'.repeat(490)}`,
        path: long,
        environment: { comment: null, compatible: [long], misc: { platform: long } },
      }),
      issue({ id: 'maestro:i', version: 1, categories: [long], reportUrl: `https://${long}` }),
    );
    expect(await rows('SELECT length(path) FROM tests')).toEqual([{ length: 9000 }]);
    const refused = load(test({ id: `maestro:${'x'.repeat(1000)}` }));
    await expect(refused).rejects.toThrow(SourceError);
    await expect(refused).rejects.toThrow('has 1008 bytes, and the store takes 1000 at most.');
    await expect(load(test({ id: 'maestro:1', buildId: `maestro:${'ü'.repeat(500)}` }))).rejects.toThrow('build_id');
  });
});
