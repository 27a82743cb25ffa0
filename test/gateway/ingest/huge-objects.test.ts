import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDocument } from '../../../adapters/kit/kcidb/document-reader.ts';
import { judgeDocument } from '../../../gateway/ingest/document-reader.ts';
import { JudgePool } from '../../../gateway/ingest/read-pool.ts';
import { temporaryFolder } from '../../support/gateway-process.ts';
import { bodyOf, NEVER } from './documents.ts';

const pool = new JudgePool(1);
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true, force: true });
});

/** The verdict on a document whose second test carries this JSON text in its misc; both stand between small ones. */
async function judgeWith(text: string) {
  const test = (index: number, misc: string) =>
    `{"id":"acme:${index}","origin":"acme","build_id":"acme:b","misc":{"x":${misc}}}`;
  const tests = [test(0, '1'), test(1, text), test(2, '[]')].join(' , ');
  const document = `{"version":{"major":5,"minor":3},"tests":[${tests}]}`;
  const received = await readDocument(bodyOf(Buffer.from(document)), folder, NEVER);
  try {
    const { judgement, objects, close } = await judgeDocument(received, ['acme'], pool, folder, NEVER);
    const ids: string[] = [];
    if (judgement.verdict === 'accepted') for await (const { object } of objects()) ids.push(object.id);
    await close();
    return { judgement, ids };
  } finally {
    await received.close();
  }
}

const listOf = (value: string, count: number) => `[${Array.from({ length: count }, () => value).join(',')}]`;

describe('one huge object', { timeout: 60_000 }, () => {
  it.each([
    ['a text of 20 MiB', () => `"${'x'.repeat(20 << 20)}"`],
    ['a text of 10 Mi characters beyond Latin', () => `"${'ж'.repeat(10 << 20)}"`],
    ['400,000 values', () => listOf('{}', 400_000)],
  ])('of %s is taken', async (_what, make) => {
    expect(await judgeWith(make())).toEqual({
      judgement: { verdict: 'accepted' },
      ids: ['acme:0', 'acme:1', 'acme:2'],
    });
  });

  it.each([
    ['a text of 33 MiB', () => `"${'x'.repeat(33 << 20)}"`],
    ['millions of empty objects', () => listOf('{}', 3_000_000)],
    ['millions of empty lists', () => listOf('[]', 3_000_000)],
  ])('of %s is refused at its place, and takes no thread down', async (_what, make) => {
    expect((await judgeWith(make())).judgement).toMatchObject({
      verdict: 'invalid',
      faults: [
        { path: '/tests/1', rule: 'storable', message: expect.stringMatching(/at most 32 MiB and 500000 values/) },
      ],
    });
  });
});
