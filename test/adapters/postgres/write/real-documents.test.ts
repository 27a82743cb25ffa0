import { describe, expect, it } from 'vitest';
import type { StoredObject } from '../../../../adapters/contract/adapter.ts';
import { ENTITY_NAMES } from '../../../../adapters/contract/model.ts';
import { toModel } from '../../../../adapters/kit/kcidb/model.ts';
import { isObject } from '../../../../adapters/kit/kcidb/walk-document.ts';
import { upgrade, validate } from '../../../../adapters/kit/kcidb/whole-document.ts';
import { openStore } from '../../../support/open-store.ts';
import { execute, usePostgres } from '../../../support/postgres.ts';
import { announceMissingSharedData, hasSharedData, realSubmissions } from '../../../support/shared-data.ts';

const LISTS = ['checkouts', 'builds', 'tests', 'issues', 'incidents'] as const;
const CONTENT = LISTS.map((table) => {
  const times = table === 'issues' || table === 'incidents' ? `- 'first_known' - 'sort_time'` : '';
  return `SELECT to_jsonb(t) - 'timestamp' ${times} AS row FROM ${table} t ORDER BY t.id COLLATE "C", to_jsonb(t)`;
}).concat(['checkout_logs', 'build_logs', 'test_logs'].map((table) => `SELECT * FROM ${table} ORDER BY id`));
const CHANGES = `SELECT timestamp, id FROM tests UNION ALL SELECT timestamp, id FROM builds
  UNION ALL SELECT timestamp, id FROM checkouts UNION ALL SELECT timestamp, id FROM issues
  UNION ALL SELECT timestamp, id FROM incidents UNION ALL SELECT at, id FROM conflicts ORDER BY id, timestamp`;
const CONFLICTS = 'SELECT entity, field, value FROM conflicts';

announceMissingSharedData('the real submissions, loaded in two orders');

describe.skipIf(!hasSharedData)('the real submissions', { timeout: 120_000 }, () => {
  const postgres = usePostgres();

  it('change nothing when they come again, and end alike in another order', async () => {
    const documents = [...realSubmissions().values()].map(objectsOf);
    const url = await postgres.migrated();
    const [first, second] = [openStore(await postgres.migrated()), openStore(url)];
    for (const document of documents) await first.load(...document);
    const changes = await first.rows(CHANGES);
    expect(changes.length).toBeGreaterThan(100);
    for (const document of documents) {
      const counts = await first.load(...document);
      for (const { added, changed } of ENTITY_NAMES.map((entity) => counts[entity]))
        expect([added, changed]).toEqual([0, 0]);
    }
    expect(await first.rows(CHANGES)).toEqual(changes);
    for (const document of documents.toReversed()) await second.load(...document);
    // One checkout was reported with two times: each store shows the one that it got first, and knows the other.
    const [shown, other] = ['2025-07-17T11:10:19.000000Z', '2025-07-17T11:10:17.000000Z'];
    expect(await first.rows(CONFLICTS)).toEqual([{ entity: 'checkout', field: 'startTime', value: other }]);
    expect(await second.rows(CONFLICTS)).toEqual([{ entity: 'checkout', field: 'startTime', value: shown }]);
    await execute(url, `UPDATE checkouts SET start_time = '${shown}' WHERE start_time = '${other}'`);
    for (const statement of CONTENT) expect(await second.rows(statement)).toEqual(await first.rows(statement));
    await Promise.all([first.stop(), second.stop()]);
  });
});

function objectsOf(text: string): readonly StoredObject[] {
  const verdict = validate(JSON.parse(text));
  if (!verdict.valid) throw new Error(`It is not valid: ${JSON.stringify(verdict.faults[0])}`);
  const upgraded = upgrade(verdict.document, verdict.rules);
  if (!upgraded.valid) throw new Error(`It has no newest form: ${JSON.stringify(upgraded.faults[0])}`);
  return LISTS.flatMap((list) => {
    const objects = upgraded.document[list];
    return Array.isArray(objects) ? objects.filter(isObject).map((object) => toModel(list, object)) : [];
  });
}
