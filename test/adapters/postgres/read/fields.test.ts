import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Adapter, StoredObject } from '../../../../adapters/contract/adapter.ts';
import { exactInteger } from '../../../../adapters/contract/exact-json.ts';
import { allFields } from '../../../../adapters/contract/fields.ts';
import type { Test } from '../../../../adapters/contract/model.ts';
import { asking } from '../../../support/asked-adapter.ts';
import { execute, usePostgres } from '../../../support/postgres.ts';
import { callFor, postgresSource } from '../../../support/postgres-source.ts';

const postgres = usePostgres();
let url: string;
let source: Adapter;

const test: Test = {
  id: 'alder:1',
  origin: 'alder',
  timestamp: null,
  buildId: 'alder:b',
  environment: { comment: 'rack 3', compatible: [], misc: { platform: 'board', 'a.b': { deep: [1.5, null] } } },
  path: '',
  comment: '',
  logUrl: 'https://files.example.org/log',
  logExcerpt: 'it hangs',
  status: 'FAIL',
  number: { value: 0.1, unit: 's', prefix: 'metric' },
  startTime: '2026-02-01T10:00:00.000001Z',
  duration: 1e-7,
  inputFiles: [],
  outputFiles: [{ name: 'log', url: 'https://files.example.org/log' }],
  misc: { lab: 'one', big: 1e300, nothing: null },
};

async function load(name: string, ...objects: readonly StoredObject[]): Promise<void> {
  const stream = async function* () {
    yield* objects;
  };
  await source.store?.load(stream(), { origins: null, submission: name }, callFor([]));
}

beforeAll(async () => {
  url = await postgres.migrated();
  source = postgresSource(url).source;
  await source.start();
  await load('first', { entity: 'test', object: test });
});
afterAll(() => source.stop());

async function read(...fields: readonly string[]): Promise<Test | undefined> {
  const found = (await asking(source).get('test', ['alder:1'], callFor(fields))).get('alder:1');
  return found !== undefined && 'object' in found ? found.object : undefined;
}

it('gives every field as it was sent, empty values and numbers included', async () => {
  // The same number: jsonb writes integers with all their digits.
  const misc = { ...test.misc, big: exactInteger(`1${'0'.repeat(300)}`) };
  const timestamp = expect.stringMatching(/^2.*\.\d{6}Z$/);
  expect(await read(...allFields('test'))).toEqual({ ...test, misc, timestamp });
});

it('gives null for what was not asked for, and what the model never leaves null all the same', async () => {
  const nothing = {
    environment: null,
    path: null,
    comment: null,
    logUrl: null,
    logExcerpt: null,
    status: null,
    number: null,
  };
  expect(await read('duration')).toEqual({
    ...test,
    ...nothing,
    timestamp: null,
    inputFiles: null,
    outputFiles: null,
    misc: null,
  });
});

it('reads log excerpts, misc and files only where they are asked for', async () => {
  await execute(url, 'ALTER TABLE test_logs RENAME TO hidden; ALTER TABLE tests RENAME misc TO hidden_misc');
  try {
    expect(await read('status', 'path')).toMatchObject({ status: 'FAIL', path: '' });
    await expect(read('logExcerpt')).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    await expect(read('misc')).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  } finally {
    await execute(url, 'ALTER TABLE hidden RENAME TO test_logs; ALTER TABLE tests RENAME hidden_misc TO misc');
  }
});

it('shows conflicts with the shown value first, also of a field that was not asked for', async () => {
  const other = {
    ...test,
    origin: 'birch',
    duration: 7,
    logExcerpt: 'it sleeps',
    misc: { lab: 'two' },
    environment: { comment: 'rack 9', compatible: null, misc: { 'a.b': 5 } },
  };
  await load('second', { entity: 'test', object: other });
  const birch = (value: unknown) => ({ value, source: null, origin: 'birch', at: expect.stringMatching(/^2.*Z$/) });
  const alder = (value: unknown) => ({ value, source: null, origin: 'alder', at: null });
  const found = await read('id', 'conflicts');
  expect(found?.logExcerpt).toBeNull();
  expect(found?.conflicts).toEqual([
    { field: 'duration', values: [alder(1e-7), birch(7)] },
    { field: 'environment.comment', values: [alder('rack 3'), birch('rack 9')] },
    { field: 'environment.misc.a.b', values: [alder({ deep: [1.5, null] }), birch(5)] },
    { field: 'logExcerpt', values: [alder('it hangs'), birch('it sleeps')] },
    { field: 'misc.lab', values: [alder('one'), birch('two')] },
    { field: 'origin', values: [alder('alder'), birch('birch')] },
  ]);
  expect((await read('id'))?.conflicts).toBeUndefined();
});
