import {
  comparePlaces,
  type Entities,
  type EntityName,
  isSliceOver,
  namedCommits,
  ownerOf,
  type ReadObject,
  yieldToEventLoop,
} from '../../kit/author.ts';
import { revisionKey } from '../ids.ts';
import { placeOf } from '../translate.ts';
import { Documents, type Index, type Report, type Row, type Table } from './documents.ts';
import { mergeAll } from './merge-reports.ts';
import { sortInTurns } from './sort-in-turns.ts';

const STEPS = 256;

type Reported<E extends EntityName> = Map<string, [Report<Entities[E]>, ...Report<Entities[E]>[]]>;
type Reports = { readonly [E in EntityName]: Reported<E> };

/**
 * Merges what several reports say of one object, sorts, and indexes, in stretches. The order of the reports counts, behind
 * those of the origin that the object's id names.
 */
export async function buildDocuments(objects: Iterable<ReadObject>): Promise<Documents> {
  const reports: Reports = {
    checkout: new Map(),
    build: new Map(),
    test: new Map(),
    issue: new Map(),
    incident: new Map(),
  };
  const others: ReadObject[] = [];
  let step = 0;
  for (const read of objects) {
    const { origin, id } = read.stored.object;
    if (origin === ownerOf(id)) add(reports, read);
    else others.push(read);
    if (++step % STEPS === 0 && isSliceOver()) await yieldToEventLoop();
  }
  for (const read of others) {
    add(reports, read);
    if (++step % STEPS === 0 && isSliceOver()) await yieldToEventLoop();
  }
  const tables = {
    checkout: await tableOf('checkout', reports),
    build: await tableOf('build', reports),
    test: await tableOf('test', reports),
    issue: await tableOf('issue', reports),
    incident: await tableOf('incident', reports),
  };
  const { checkout, build, test, issue, incident } = tables;
  return new Documents(tables, {
    checkoutsOfRevision: await indexOf<'checkout'>(checkout, (object) => [revisionKey(object)]),
    checkoutsOfCommit: await indexOf<'checkout'>(checkout, (object) => [object.gitCommitHash?.toLowerCase() ?? null]),
    buildsOfCheckout: await indexOf<'build'>(build, (object) => [object.checkoutId]),
    testsOfBuild: await indexOf<'test'>(test, (object) => [object.buildId]),
    incidentsOfBuild: await indexOf<'incident'>(incident, (object) => [object.buildId]),
    incidentsOfTest: await indexOf<'incident'>(incident, (object) => [object.testId]),
    incidentsOfIssue: await indexOf<'incident'>(incident, (object) => [object.issueId]),
    versionsOfIssue: await indexOf<'issue'>(issue, (object) => [object.id]),
    issuesOfRevision: await indexOf<'issue'>(issue, namedCommits),
  });
}

function add(reports: Reports, { stored, excerpt }: ReadObject): void {
  switch (stored.entity) {
    case 'checkout':
      put(reports.checkout, stored.entity, { object: stored.object, excerpt });
      break;
    case 'build':
      put(reports.build, stored.entity, { object: stored.object, excerpt });
      break;
    case 'test':
      put(reports.test, stored.entity, { object: stored.object, excerpt });
      break;
    case 'issue':
      put(reports.issue, stored.entity, { object: stored.object, excerpt });
      break;
    case 'incident':
      put(reports.incident, stored.entity, { object: stored.object, excerpt });
      break;
  }
}

function put<E extends EntityName>(known: Reported<E>, entity: E, report: Report<Entities[E]>): void {
  const { tie } = placeOf(entity, report.object);
  const reports = known.get(tie);
  if (reports === undefined) known.set(tie, [report]);
  else reports.push(report);
}

async function tableOf<E extends EntityName>(entity: E, reports: Reports): Promise<Table<Entities[E]>> {
  const known: Reported<E> = reports[entity];
  const rows: Row<Entities[E]>[] = [];
  const byKey = new Map<string, Row<Entities[E]>>();
  for (const [key, all] of known) {
    const { object, excerpt } = all.length === 1 ? all[0] : await mergeAll<E>(all);
    const row: Row<Entities[E]> = { object, excerpt, ...placeOf(entity, object) };
    Object.freeze(object);
    rows.push(row);
    byKey.set(key, row);
    if (rows.length % STEPS === 0 && isSliceOver()) await yieldToEventLoop();
  }
  const newest = await sortInTurns(rows, (one, other) => comparePlaces('NEWEST', one, other));
  const oldest = await sortInTurns(rows, (one, other) => comparePlaces('OLDEST', one, other));
  return { byKey, newest, oldest };
}

async function indexOf<E extends EntityName>(
  table: Table<Entities[E]>,
  keysOf: (object: Entities[E]) => Iterable<string | null>,
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
    if (++step % STEPS === 0 && isSliceOver()) await yieldToEventLoop();
  }
  return index;
}
