import type { Entities, EntityName, StoredObject } from '../../kit/author.ts';
import { comparePlaces, namedCommits, ownerOf } from '../../kit/author.ts';
import { revisionKey } from '../ids.ts';
import { placeOf } from '../translate.ts';
import { Documents, type Index, type Row, type Table } from './documents.ts';
import { mergeAll } from './merge-reports.ts';
import type { Pace } from './pace.ts';
import { sortInTurns } from './sort-in-turns.ts';

const STEPS = 256;

type Reported<E extends EntityName> = Map<string, [Entities[E], ...Entities[E][]]>;
type Reports = { readonly [E in EntityName]: Reported<E> };

/**
 * Merges what several reports say of one object, sorts, and indexes, in stretches. The order of the reports counts, behind
 * those of the origin that the object's id names.
 */
export async function buildDocuments(objects: Iterable<StoredObject>, pace: Pace): Promise<Documents> {
  const reports: Reports = {
    checkout: new Map(),
    build: new Map(),
    test: new Map(),
    issue: new Map(),
    incident: new Map(),
  };
  const others: StoredObject[] = [];
  let step = 0;
  for (const stored of objects) {
    if (stored.object.origin === ownerOf(stored.object.id)) add(reports, stored);
    else others.push(stored);
    if (++step % STEPS === 0) await pace.breathe();
  }
  for (const stored of others) {
    add(reports, stored);
    if (++step % STEPS === 0) await pace.breathe();
  }
  const tables = {
    checkout: await tableOf('checkout', reports, pace),
    build: await tableOf('build', reports, pace),
    test: await tableOf('test', reports, pace),
    issue: await tableOf('issue', reports, pace),
    incident: await tableOf('incident', reports, pace),
  };
  const { checkout, build, test, issue, incident } = tables;
  return new Documents(tables, {
    checkoutsOfRevision: await indexOf<'checkout'>(checkout, (object) => [revisionKey(object)], pace),
    checkoutsOfCommit: await indexOf<'checkout'>(
      checkout,
      (object) => [object.gitCommitHash?.toLowerCase() ?? null],
      pace,
    ),
    buildsOfCheckout: await indexOf<'build'>(build, (object) => [object.checkoutId], pace),
    testsOfBuild: await indexOf<'test'>(test, (object) => [object.buildId], pace),
    incidentsOfBuild: await indexOf<'incident'>(incident, (object) => [object.buildId], pace),
    incidentsOfTest: await indexOf<'incident'>(incident, (object) => [object.testId], pace),
    incidentsOfIssue: await indexOf<'incident'>(incident, (object) => [object.issueId], pace),
    versionsOfIssue: await indexOf<'issue'>(issue, (object) => [object.id], pace),
    issuesOfRevision: await indexOf<'issue'>(issue, namedCommits, pace),
  });
}

function add(reports: Reports, stored: StoredObject): void {
  switch (stored.entity) {
    case 'checkout':
      put(reports.checkout, stored.entity, stored.object);
      break;
    case 'build':
      put(reports.build, stored.entity, stored.object);
      break;
    case 'test':
      put(reports.test, stored.entity, stored.object);
      break;
    case 'issue':
      put(reports.issue, stored.entity, stored.object);
      break;
    case 'incident':
      put(reports.incident, stored.entity, stored.object);
      break;
  }
}

function put<E extends EntityName>(known: Reported<E>, entity: E, object: Entities[E]): void {
  const { tie } = placeOf(entity, object);
  const reports = known.get(tie);
  if (reports === undefined) known.set(tie, [object]);
  else reports.push(object);
}

async function tableOf<E extends EntityName>(entity: E, reports: Reports, pace: Pace): Promise<Table<Entities[E]>> {
  const known: Reported<E> = reports[entity];
  const rows: Row<Entities[E]>[] = [];
  const byKey = new Map<string, Row<Entities[E]>>();
  for (const [key, all] of known) {
    const object = all.length === 1 ? all[0] : await mergeAll<E>(all, pace);
    const row: Row<Entities[E]> = { object, ...placeOf(entity, object) };
    Object.freeze(object);
    rows.push(row);
    byKey.set(key, row);
    if (rows.length % STEPS === 0) await pace.breathe();
  }
  const newest = await sortInTurns(rows, (one, other) => comparePlaces('NEWEST', one, other), pace);
  const oldest = await sortInTurns(rows, (one, other) => comparePlaces('OLDEST', one, other), pace);
  return { byKey, newest, oldest };
}

async function indexOf<E extends EntityName>(
  table: Table<Entities[E]>,
  keysOf: (object: Entities[E]) => Iterable<string | null>,
  pace: Pace,
): Promise<Index<E>> {
  const index = new Map<string, Row<Entities[E]>[]>();
  let step = 0;
  for (const row of table.newest) {
    for (const key of keysOf(row.object)) {
      if (key === null) continue;
      const rows = index.get(key);
      if (rows === undefined) index.set(key, [row]);
      else rows.push(row);
    }
    if (++step % STEPS === 0) await pace.breathe();
  }
  return index;
}
