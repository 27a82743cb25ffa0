import pg from 'pg';
import type { StoredObject } from '../../adapters/contract/adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../adapters/contract/model.ts';
import { ArrayAdapter, type ArrayDocument } from './array-adapter.ts';
import { callFor, type PostgresSource, postgresSource } from './postgres-source.ts';

/** Objects in the native store, and the same objects, with the times the store gave them, in an adapter of arrays. */
export interface KnownStore extends PostgresSource {
  readonly oracle: ArrayAdapter;
  readonly documents: readonly ArrayDocument[];
  readonly ids: { readonly [E in EntityName]: readonly string[] };
}

/** Loads through the store, in several transactions, so that issues and incidents become known at several times. */
export async function knownStore(url: string, objects: readonly StoredObject[], loads = 5): Promise<KnownStore> {
  const made = postgresSource(url);
  await made.source.start();
  const size = Math.ceil(objects.length / loads);
  for (let load = 0; load < loads; load++) {
    // Every load takes some of each kind.
    const some = objects.filter((_, index) => index % loads === load);
    await made.source.store?.load(asStream(some), { origins: null, submission: `load-${load}-${size}` }, callFor([]));
  }
  const times = await storedTimes(url);
  const documents = objects.map((document): ArrayDocument => withTimes(document, times));
  const ids = Object.fromEntries(ENTITY_NAMES.map((entity): [EntityName, string[]] => [entity, []]));
  for (const { entity, object } of documents) ids[entity]?.push(object.id);
  const idsOf = (entity: EntityName) => [...new Set(ids[entity])];
  return {
    ...made,
    documents,
    oracle: new ArrayAdapter({ documents, maxKeys: 10_000, maxPage: 10_000 }),
    ids: {
      checkout: idsOf('checkout'),
      build: idsOf('build'),
      test: idsOf('test'),
      issue: idsOf('issue'),
      incident: idsOf('incident'),
    },
  };
}

interface StoredTimes {
  readonly timestamp: string;
  readonly known: string | null;
}

async function storedTimes(url: string): Promise<ReadonlyMap<string, StoredTimes>> {
  const text = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  const timed = ENTITY_NAMES.slice(0, 3).map(
    (entity) =>
      `SELECT '${entity}' AS entity, id, 0 AS version, ${text('timestamp')} AS timestamp, NULL AS known FROM ${entity}s`,
  );
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<StoredTimes & { entity: string; id: string; version: string }>(
    `${timed.join(' UNION ALL ')}
     UNION ALL SELECT 'issue', id, version, ${text('timestamp')}, ${text('first_known')} FROM issues
     UNION ALL SELECT 'incident', id, 0, ${text('timestamp')}, ${text('first_known')} FROM incidents`,
  );
  await client.end();
  return new Map(rows.map((row) => [`${row.entity} ${row.version} ${row.id}`, row]));
}

function withTimes(document: StoredObject, times: ReadonlyMap<string, StoredTimes>): ArrayDocument {
  const version = document.entity === 'issue' ? document.object.version : 0;
  const stored = times.get(`${document.entity} ${version} ${document.object.id}`);
  if (stored === undefined) throw new Error(`The store has lost the ${document.entity} "${document.object.id}".`);
  const { timestamp, known } = stored;
  switch (document.entity) {
    case 'checkout':
      return { entity: 'checkout', object: { ...document.object, timestamp } };
    case 'build':
      return { entity: 'build', object: { ...document.object, timestamp } };
    case 'test':
      return { entity: 'test', object: { ...document.object, timestamp } };
    case 'issue':
      return { entity: 'issue', object: { ...document.object, timestamp }, time: known };
    case 'incident':
      return { entity: 'incident', object: { ...document.object, timestamp }, time: known };
  }
}

async function* asStream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
