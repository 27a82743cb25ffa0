import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StoredObject } from '../../../adapters/contract/adapter.ts';
import { MemoryBytes } from '../../../adapters/kit/json/byte-source.ts';
import { toModel } from '../../../adapters/kit/kcidb/model.ts';
import { isObject } from '../../../adapters/kit/kcidb/walk-document.ts';
import { upgrade, validate } from '../../../adapters/kit/kcidb/whole-document.ts';
import { judgeDocument, judgeValue } from '../../../gateway/ingest/document-reader.ts';
import { JudgePool } from '../../../gateway/ingest/read-pool.ts';
import { judgeBytes } from '../../../gateway/ingest/validate-document.ts';
import { arbitraryDocument } from '../../adapters/kit/kcidb/arbitrary-document.ts';
import { temporaryFolder } from '../../support/gateway-process.ts';
import { NEVER } from './documents.ts';

const LISTS = ['checkouts', 'builds', 'tests', 'issues', 'incidents'] as const;
const pool = new JudgePool(1);
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true, force: true });
});

/** Valid documents, and such with one field of one object replaced. */
const documents = fc
  .tuple(arbitraryDocument, fc.option(fc.tuple(fc.nat(), fc.nat(), fc.jsonValue({ maxDepth: 2 })), { freq: 2 }))
  .map(([document, change]) => {
    const copy: unknown = JSON.parse(JSON.stringify(document));
    if (!isObject(copy) || change === null) return copy;
    const objects = Object.values(copy).filter(Array.isArray).flat().filter(isObject);
    const object = objects[change[0] % objects.length] ?? copy;
    object[Object.keys(object)[change[1] % Object.keys(object).length] ?? 'x'] = change[2];
    return copy;
  });

/** What the whole-document functions say: the rules themselves are held against the reference elsewhere. */
function expected(document: unknown): { accepted: boolean; objects: StoredObject[] } {
  const verdict = validate(document);
  if (!verdict.valid) return { accepted: false, objects: [] };
  const upgraded = upgrade(verdict.document, verdict.rules);
  if (!upgraded.valid) return { accepted: false, objects: [] };
  const objects = LISTS.flatMap((list) => {
    const sent: unknown = upgraded.document[list];
    return Array.isArray(sent) ? sent.filter(isObject).map((object) => toModel(list, object)) : [];
  });
  return { accepted: true, objects };
}

const sorted = (objects: readonly StoredObject[]) => objects.map((object) => JSON.stringify(object)).sort();

it('a value and the same document as bytes get one verdict and give the same objects, as a whole document does', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(documents, fc.constantFrom(undefined, 2), async (document, indent) => {
      const whole = expected(document);
      const taken: StoredObject[] = [];
      const bytes = new MemoryBytes(Buffer.from(JSON.stringify(document, null, indent)));
      const byBytes = judgeBytes(
        bytes,
        null,
        (object) => taken.push(object),
        () => false,
      );
      const byValue = await judgeValue(document, null, NEVER);
      expect(byBytes).toEqual(byValue.judgement);
      expect(byBytes.verdict === 'accepted').toBe(whole.accepted);
      if (!whole.accepted) return;
      expect(sorted(taken)).toEqual(sorted(whole.objects));
      expect(sorted(byValue.objects)).toEqual(sorted(whole.objects));
    }),
    { numRuns: 250 },
  );
});

it('a worker thread says of a file what is said of the same bytes here', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(documents, fc.boolean(), async (document, damage) => {
      const text = Buffer.from(JSON.stringify(document));
      const bytes = damage ? text.subarray(0, text.length >> 1) : text;
      const here: StoredObject[] = [];
      const judgement = judgeBytes(
        new MemoryBytes(bytes),
        ['acme'],
        (object) => here.push(object),
        () => false,
      );
      const path = join(folder, 'document');
      await writeFile(path, Buffer.concat([Buffer.from('a header\n'), bytes]));
      const file = await open(path);
      const received = { kind: 'file', file, offset: 9, close: () => file.close() } as const;
      const judged = await judgeDocument(received, ['acme'], pool, folder, NEVER);
      const there: StoredObject[] = [];
      if (judged.judgement.verdict === 'accepted') for await (const object of judged.objects()) there.push(object);
      await judged.close();
      await received.close();
      expect(judged.judgement).toEqual(judgement);
      if (judgement.verdict === 'accepted') expect(JSON.stringify(there)).toBe(JSON.stringify(here));
    }),
    { numRuns: 60 },
  );
});
