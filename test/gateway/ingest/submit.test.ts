import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { Authority } from '../../../gateway/ingest/submission.ts';
import { temporaryFolder } from '../../support/gateway-process.ts';
import { usePostgres } from '../../support/postgres.ts';
import { bodyOf, documentOfTests, NEVER, VERSION } from './documents.ts';
import { openDoor, type TestDoor } from './open-door.ts';

const OPERATOR: Authority = { origins: null };
const ACME: Authority = { origins: ['acme'] };
/** Large enough for a worker thread. */
const LARGE = { comment: 'x'.repeat(1000) };

const postgres = usePostgres();
let test: TestDoor;

beforeAll(async () => {
  test = await openDoor(await postgres.migrated());
});
afterAll(async () => test.close());

const countOf = async (origin: string) =>
  (await test.rows(`SELECT count(*)::int AS n FROM tests WHERE origin = '${origin}'`))[0]?.n;

describe.each([
  ['a value', (document: unknown, by: Authority) => test.door.submitValue(document, by, NEVER)],
  ['a small body', (document: unknown, by: Authority) => test.door.submitBytes(bodyOf(document), by, NEVER)],
  [
    'a large body',
    (document: unknown, by: Authority) => {
      // Blanks are part of JSON: they make a body large that says the same.
      const bytes = Buffer.concat([Buffer.from(JSON.stringify(document)), Buffer.alloc(400_000, ' ')]);
      return test.door.submitBytes(bodyOf(bytes), by, NEVER);
    },
  ],
])('%s', (name, submit) => {
  const origin = name.replaceAll(' ', '_');

  it('is stored, and the answer counts what was new and what was not', async () => {
    const document = documentOfTests(3, origin);
    const first = await submit(document, { origins: [origin] });
    expect(first.id).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(first.counts.test).toEqual({ added: 3, changed: 0, unchanged: 0 });
    expect(first.message).toMatch(/3 objects, 3 new/);
    expect(await countOf(origin)).toBe(3);
    const again = await submit(document, { origins: [origin] });
    expect(again.counts.test).toEqual({ added: 0, changed: 0, unchanged: 3 });
    expect(again.id).not.toBe(first.id);
  });

  it('that is not valid is refused with every fault, and nothing of it is stored', async () => {
    const { version, tests } = documentOfTests(4, `${origin}_bad`);
    const document = { version, tests: [...tests, { id: 'x' }, { ...tests[0], status: 'GOOD' }] };
    await expect(submit(document, OPERATOR)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/not valid, and nothing of it was stored: \d faults/),
      faults: expect.arrayContaining([
        expect.objectContaining({ path: '/tests/4', rule: 'required' }),
        expect.objectContaining({ path: '/tests/5/status', rule: 'enum', value: 'GOOD' }),
      ]),
    });
    expect(await countOf(`${origin}_bad`)).toBe(0);
  });

  it('of another origin is refused with each object, and nothing of it is stored', async () => {
    const mine = documentOfTests(2, `${origin}_mine`);
    const document = { ...mine, tests: [...mine.tests, ...documentOfTests(1, `${origin}_not`).tests] };
    await expect(submit(document, { origins: [`${origin}_mine`] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      faults: [{ path: '/tests/2/origin', rule: 'origin', value: `${origin}_not` }],
    });
    expect(await countOf(`${origin}_mine`)).toBe(0);
    await submit(document, { origins: [`${origin}_mine`, `${origin}_not`] });
    expect(await countOf(`${origin}_mine`)).toBe(2);
  });

  it('of an older version is stored as the newest', async () => {
    const id = `${origin}_old:1`;
    const tests = [{ id, origin: `${origin}_old`, build_id: 'acme:b', waived: true, status: 'FAIL' }];
    await submit({ version: { major: 4, minor: 0 }, tests }, { origins: [`${origin}_old`] });
    const incidents = await test.rows(`SELECT issue_id, origin FROM incidents WHERE test_id = '${id}'`);
    expect(incidents).toEqual([{ issue_id: '_:waived', origin: '_' }]);
  });

  it('that is empty but for its version is stored, and changes nothing', async () => {
    const { counts } = await submit({ version: VERSION }, ACME);
    expect(Object.values(counts).every(({ added, changed }) => added + changed === 0)).toBe(true);
  });

  it('with an id that no index can hold is refused, not failed', async () => {
    const document = documentOfTests(1, `${origin}_long`, { id: `${origin}_long:${'x'.repeat(5000)}` });
    await expect(submit(document, OPERATOR)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      faults: [{ rule: 'storable' }],
    });
  });
});

describe('a receipt', () => {
  it('is shown to a token of its origin and to the operator only', async () => {
    const { id } = await test.door.submitValue(documentOfTests(1), ACME, NEVER);
    expect(await test.door.receipt(id, ACME)).toMatchObject({ id, state: 'processed', origins: ['acme'] });
    expect(await test.door.receipt(id, { origins: ['other', 'acme'] })).toMatchObject({ id });
    expect(await test.door.receipt(id, OPERATOR)).toMatchObject({ id });
    expect(await test.door.receipt(id, { origins: ['other'] })).toBeNull();
    const { id: operators } = await test.door.submitValue(documentOfTests(1), OPERATOR, NEVER);
    expect(await test.door.receipt(operators, ACME)).toBeNull();
  });

  it('of an id that cannot be one does not reach the store', async () => {
    for (const id of ['', 'x', "' OR 1=1", '\0'.repeat(32), '0'.repeat(33)]) {
      expect(await test.door.receipt(id, OPERATOR)).toBeNull();
    }
  });
});

describe('nothing is stored, and no file is left', () => {
  const left = async () => (await readdir(test.folder)).filter((name) => name.endsWith('.temporary'));

  it('when the client leaves in the middle of its body', async () => {
    async function* broken() {
      yield Buffer.from('{"version":{"major":5,"minor":3},"tests":[');
      yield Buffer.alloc(1_000_000, ' ');
      throw new Error('The client has gone.');
    }
    await expect(test.door.submitBytes(broken(), ACME, NEVER)).rejects.toThrow('The client has gone.');
    expect(await left()).toEqual([]);
  });

  it.each([0, 5, 20, 60, 150])('when nobody waits any more after %i ms', async (after) => {
    const origin = `gone_${after}`;
    const gone = new AbortController();
    const submitted = test.door.submitBytes(bodyOf(documentOfTests(3000, origin, LARGE)), OPERATOR, gone.signal);
    await Promise.all([
      delay(after).then(() => gone.abort()),
      submitted.then(
        async () => expect(await countOf(origin)).toBe(3000),
        async () => expect(await countOf(origin)).toBe(0),
      ),
    ]);
    expect(await left()).toEqual([]);
  });

  it('when the body is larger than it may be, however it comes', async () => {
    const url = await postgres.migrated();
    const small = await openDoor(url, undefined, 1_000_000);
    for (const submit of [small.door.submitBytes, small.door.submitLater]) {
      const body = bodyOf(Buffer.concat([Buffer.from('{'), Buffer.alloc(1_000_000, ' ')]));
      await expect(submit(body, ACME, NEVER)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/larger than 1000000 bytes/),
      });
    }
    expect((await readdir(small.folder, { recursive: true })).filter((name) => /partial|temporary/.test(name))).toEqual(
      [],
    );
    await small.close();
  });
});

it('two writers of overlapping documents both succeed, many at once', async () => {
  const rounds = Array.from({ length: 12 }, (_, round) => {
    const { version, tests } = documentOfTests(400, 'both', { comment: `round ${round}` });
    return { version, tests: round % 2 === 0 ? tests : tests.toReversed() };
  });
  await Promise.all(
    rounds.map((document, round) =>
      round % 3 === 0
        ? test.door.submitValue(document, OPERATOR, NEVER)
        : test.door.submitBytes(bodyOf({ ...document, checkouts: [] }), OPERATOR, NEVER),
    ),
  );
  expect(await countOf('both')).toBe(400);
  expect(
    await test.rows('SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()'),
  ).toEqual([{ n: 0 }]);
});

it('a store that is down is said so, in words that name no host', async () => {
  const folder = join(await temporaryFolder(), 'submissions');
  const down = await openDoor('postgres://nobody@127.0.0.1:1/none', folder);
  for (const submitted of [
    down.door.submitValue(documentOfTests(1), ACME, NEVER),
    down.door.submitBytes(bodyOf(documentOfTests(1000, 'acme', LARGE)), ACME, NEVER),
  ]) {
    const error: unknown = await submitted.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: expect.not.stringMatching(/127|nobody/) });
  }
  await down.close();
});
