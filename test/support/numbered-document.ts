import type { StoredObject } from '../../adapters/contract/adapter.ts';
import { build, checkout, incident, issue, test } from './model-objects.ts';

/** Tests of one document. */
const TESTS = 20;

/** A document of every kind of object, all named by its number, and one build that every document reports anew. */
export function documentOf(number: number): readonly StoredObject[] {
  const id = (local: string) => `maestro:${String(number).padStart(6, '0')}:${local}`;
  return [
    checkout({ id: id('checkout'), gitCommitHash: String(number).padStart(40, '0'), logExcerpt: 'checked out' }),
    build({ id: id('build'), checkoutId: id('checkout'), status: 'PASS', logExcerpt: 'built' }),
    build({ id: 'maestro:shared', misc: { [`document${number}`]: true } }),
    ...Array.from({ length: TESTS }, (_, n) =>
      test({ id: id(`test${n}`), buildId: id('build'), status: 'PASS', logExcerpt: 'x'.repeat(500) }),
    ),
    issue({ id: 'maestro:issue', version: number }),
    incident({ id: id('incident'), issueId: 'maestro:issue', issueVersion: number, testId: id('test0') }),
  ];
}

/** Rows, one a document, of what lies in the tables; `whole` documents have everything. */
export const STORED_DOCUMENTS = `
  SELECT split_part(id, ':', 2)::integer AS number,
    bool_and(found = CASE kind WHEN 't' THEN ${TESTS} ELSE 1 END) AND count(*) = 8 AS whole
  FROM (
    SELECT 'c' AS kind, id, count(*) OVER (PARTITION BY id) AS found FROM checkouts
    UNION ALL SELECT 'cl', id, 1 FROM checkout_logs
    UNION ALL SELECT 'b', id, 1 FROM builds WHERE id <> 'maestro:shared'
    UNION ALL SELECT 'bl', id, 1 FROM build_logs
    UNION ALL SELECT 't', build_id, count(*) FROM tests GROUP BY build_id
    UNION ALL SELECT 't', min(t.build_id), count(*) FROM test_logs l JOIN tests t USING (id) GROUP BY t.build_id
    UNION ALL SELECT 'i', 'maestro:' || version || ':issue', 1 FROM issues
    UNION ALL SELECT 'n', id, 1 FROM incidents
  ) AS parts
  GROUP BY 1 ORDER BY 1`;

/** What else holds: the build of all documents knows each of them, one version of the issue is the newest, each has a receipt. */
export const SHARED_OBJECTS = `
  SELECT (SELECT count(*) FROM jsonb_object_keys((SELECT misc FROM builds WHERE id = 'maestro:shared'))) AS reports,
    (SELECT array_agg(version) FROM issues WHERE newest) = (SELECT ARRAY[max(version)] FROM issues) AS newest,
    (SELECT count(*) FROM receipts) AS receipts`;
