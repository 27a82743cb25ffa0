import { expect } from 'vitest';
import type { StoredObject } from '../../adapters/contract/adapter.ts';
import type { Status } from '../../adapters/contract/model.ts';
import { build, checkout, incident, issue, test } from './model-objects.ts';
import { openStore } from './open-store.ts';
import { Random } from './random.ts';

const DOCUMENTS = 40;
const GATEWAYS = 3;
const LOADS_EACH = 4;

/**
 * Loads documents about the same few objects through several gateways at once, and one after the other into a second
 * database: all go through, and both stores end alike. Documents agree but in comments, which become conflicts.
 */
export async function loadConcurrently(at: string, oneByOne: string, seed: number): Promise<void> {
  const random = new Random(seed);
  const documents = Array.from({ length: DOCUMENTS }, () => overlappingDocument(random));
  const gateways = Array.from({ length: GATEWAYS }, () => openStore(at, { loadPoolSize: LOADS_EACH, poolSize: 1 }));
  const alone = openStore(oneByOne, { loadPoolSize: 1, poolSize: 1 });
  try {
    let next = 0;
    const work = async (gateway: (typeof gateways)[number]) => {
      for (let document = documents[next++]; document !== undefined; document = documents[next++]) {
        await gateway.load(...document);
      }
    };
    await Promise.all(gateways.flatMap((gateway) => Array.from({ length: LOADS_EACH }, () => work(gateway))));
    for (const document of documents) await alone.load(...document);
    for (const statement of STATE) {
      const rows = await gateways[0]?.rows(statement);
      expect(rows, `seed ${seed}: ${statement}`).toEqual(await alone.rows(statement));
      expect(rows?.length).toBeGreaterThan(0);
    }
    const deadlocks = 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()';
    expect(await gateways[0]?.rows(deadlocks)).toEqual([{ deadlocks: 0 }]);
  } finally {
    await Promise.all([...gateways, alone].map(({ stop }) => stop()));
  }
}

/** Everything that the order of loading must not show in. */
const STATE = [
  `SELECT id, origin, git_commit_hash, tree_name, valid, misc, (SELECT log_excerpt FROM checkout_logs l WHERE l.id = c.id)
    FROM checkouts c ORDER BY id`,
  'SELECT id, origin, checkout_id, status, misc, output_files FROM builds ORDER BY id',
  `SELECT id, origin, build_id, status, path, misc, environment_misc, environment_compatible,
    (SELECT log_excerpt FROM test_logs l WHERE l.id = t.id) FROM tests t ORDER BY id`,
  'SELECT id, version, origin, newest, misc, categories FROM issues ORDER BY id, version',
  'SELECT id, origin, issue_id, issue_version, present, misc FROM incidents ORDER BY id',
  // What was said of a comment, whether it is shown or not.
  `SELECT id, jsonb_agg(DISTINCT value ORDER BY value) FROM (
    SELECT id, to_jsonb(comment) AS value FROM tests WHERE comment IS NOT NULL
    UNION ALL SELECT id, value FROM conflicts WHERE entity = 'test' AND field = 'comment') said GROUP BY id ORDER BY id`,
  `SELECT entity, id, version, field FROM conflicts WHERE field <> 'comment' UNION ALL SELECT '', '', 0, '' ORDER BY 1, 2, 3, 4`,
];

const STATUS: readonly Status[] = ['PASS', 'FAIL', 'SKIP'];

/** What is said of an object follows from its number, but each document says only some of it. */
function overlappingDocument(random: Random): readonly StoredObject[] {
  const maybe = <T>(value: T): T | null => (random.chance(0.5) ? value : null);
  const objects: StoredObject[] = [];
  const kinds: readonly ((n: number) => StoredObject)[] = [
    (n) =>
      checkout({
        id: `maestro:c${n}`,
        gitCommitHash: maybe(String(n).padStart(40, '0')),
        treeName: maybe(`tree${n}`),
        valid: maybe(true),
        misc: maybe({ [`key${random.below(5)}`]: n }),
        logExcerpt: maybe(`excerpt ${n}`),
      }),
    (n) =>
      build({
        id: `maestro:b${n}`,
        checkoutId: `maestro:c${n}`,
        status: maybe(STATUS[n % 3] ?? 'PASS'),
        misc: maybe({ [`key${random.below(5)}`]: { n } }),
        outputFiles: random.pick([null, [], [{ name: 'log', url: `https://example.org/${n}` }]]),
      }),
    (n) =>
      test({
        id: `maestro:t${n}`,
        buildId: `maestro:b${n % 10}`,
        status: maybe(STATUS[n % 3] ?? 'PASS'),
        path: maybe(`ltp.t${n}`),
        comment: maybe(`said ${random.below(3)}`),
        misc: maybe({ [`key${random.below(5)}`]: n }),
        environment: maybe({
          comment: null,
          compatible: maybe([`a,${n}`]),
          misc: maybe({ [`key${random.below(3)}`]: n }),
        }),
        logExcerpt: maybe(`excerpt ${n}`),
      }),
    (n) =>
      issue({
        id: `maestro:i${n % 4}`,
        version: random.below(6),
        categories: random.pick([null, ['a.b']]),
        misc: maybe({ k: n % 4 }),
      }),
    (n) =>
      incident({
        id: `maestro:n${n}`,
        issueId: `maestro:i${n % 4}`,
        issueVersion: 1,
        present: maybe(true),
        misc: maybe({ n }),
      }),
  ];
  const count = 5 + random.below(60);
  for (let at = 0; at < count; at += 1) objects.push(random.pick(kinds)(random.below(40)));
  return objects;
}
