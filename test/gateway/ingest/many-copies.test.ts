import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { buildDocuments } from '../../../adapters/template/documents/build-documents.ts';
import { test as testObject } from '../../support/model-objects.ts';
import { usePostgres } from '../../support/postgres.ts';
import { bodyOf, NEVER, VERSION } from './documents.ts';
import { openDoor, type TestDoor } from './open-door.ts';

const [FEW, MANY] = [2_000, 8_000];
/** Work that grows with the square would take 16 times as much. */
const MOST = 8;

/** What each of many reports of one test says: a key of its own, with a value that no compression makes small. */
const miscOf = (place: number) => ({ [`key-${place}`]: randomBytes(400).toString('base64') });

describe('one object that a document reports thousands of times, each time with another key', () => {
  const postgres = usePostgres();

  /** Bytes that the database writes while it loads so many reports. */
  async function written(test: TestDoor, id: string, count: number): Promise<number> {
    const tests = Array.from({ length: count }, (_, place) => ({
      id,
      origin: 'acme',
      build_id: 'acme:b',
      misc: miscOf(place),
    }));
    const [before] = await test.rows('SELECT pg_current_wal_insert_lsn() AS at');
    await test.door.submitBytes(bodyOf({ version: VERSION, tests }), { origins: ['acme'] }, NEVER);
    const [after] = await test.rows(`SELECT (pg_current_wal_insert_lsn() - '${before?.at}')::bigint::int AS bytes`);
    return Number(after?.bytes);
  }

  it('is written to the store once, and not anew for every part of the document', { timeout: 60_000 }, async () => {
    const test = await openDoor(await postgres.migrated());
    await written(test, 'acme:first', 10);
    const few = await written(test, 'acme:few', FEW);
    const many = await written(test, 'acme:many', MANY);
    const [keys] = await test.rows(
      `SELECT (SELECT count(*)::int FROM jsonb_object_keys(misc)) AS n FROM tests WHERE id = 'acme:many'`,
    );
    await test.close();
    expect(keys).toEqual({ n: MANY });
    expect(many / few).toBeLessThan(MOST);
  });

  it('is merged from a file without copying what was merged for every report', { timeout: 60_000 }, async () => {
    const reports = Array.from({ length: MANY }, (_, place) => ({
      stored: testObject({ id: 'acme:1', comment: place === 0 ? 'first' : 'later', misc: miscOf(place) }),
      excerpt: null,
    }));
    const before = process.threadCpuUsage();
    const documents = await buildDocuments(reports);
    const { user, system } = process.threadCpuUsage(before);
    const [merged] = documents.tables.test.byKey.values();
    expect(merged?.object).toMatchObject({ id: 'acme:1', comment: 'first' });
    expect(Object.keys(merged?.object.misc ?? {})).toEqual(Array.from({ length: MANY }, (_, at) => `key-${at}`));
    // A tenth of a second; with a copy for every report it is more than ten.
    expect((user + system) / 1e6).toBeLessThan(3);
  });
});
