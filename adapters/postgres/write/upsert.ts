import { SourceError } from '../../contract/errors.ts';
import { parseExactJson } from '../../contract/exact-json.ts';
import { ownerOf } from '../../contract/keys.ts';
import { isSliceOver, yieldToEventLoop } from '../../kit/yield-to-event-loop.ts';
import { EXCERPT, TABLES, type Table } from '../columns.ts';
import type { Transaction } from '../connection/transaction.ts';

import { type MergedReports, ReportMerger } from './merge.ts';
import { type Row, withDerived } from './rows.ts';
import type { KeyGroup } from './staging.ts';
import { LOAD_STATEMENTS, type RecordedClaim, recordClaims } from './statements.ts';

/** Inserts new objects. Gives the groups whose objects are stored already, which have to be merged. */
export async function insertNew(
  transaction: Transaction,
  table: Table,
  groups: readonly KeyGroup[],
): Promise<ReadonlySet<KeyGroup>> {
  if (groups.length === 0) return new Set();
  const claims: (RecordedClaim & { readonly group: KeyGroup })[] = [];
  const rows: string[] = [];
  for (const [place, group] of groups.entries()) {
    if (group.length === 1) {
      rows.push(withPlace(group[0].text, place));
      continue;
    }
    const merged = await mergeGroup(table, null, group);
    const { id, version } = group[0];
    for (const claim of merged.claims) claims.push({ ...claim, id, version, group });
    rows.push(withPlace(JSON.stringify(withDerived(merged.row)), place));
  }
  const known = await transaction.run<{ place: number }>(LOAD_STATEMENTS[table.entity].insert, [`[${rows.join(',')}]`]);
  const places = new Set(known.map(({ place }) => place));
  const there = new Set(groups.filter((_, place) => places.has(place)));
  const ofNew = claims.filter(({ group }) => !there.has(group)).map(({ group: _, ...claim }) => claim);
  await recordClaims(transaction, table.entity, ofNew);
  return there;
}

/** Merges a document's reports of one object into the stored row, and yields to the event loop between reports. */
async function mergeGroup(table: Table, shown: Row | null, group: KeyGroup): Promise<MergedReports> {
  const origins = group.map(({ origin }) => origin);
  const merger = new ReportMerger(MERGED[table.entity], shown, group[0].id, origins);
  for (const { text } of group) {
    merger.add(parseExactJson(text));
    if (isSliceOver()) await yieldToEventLoop();
  }
  return merger.merged();
}

/** Rows are JSON objects and never empty: they begin with their id. */
function withPlace(text: string, place: number): string {
  return `{"place":${place},${text.slice(1)}`;
}

const withExcerpt = (table: Table) => (table.logs === null ? table.columns : [...table.columns, EXCERPT]);
const MERGED = {
  checkout: withExcerpt(TABLES.checkout),
  build: withExcerpt(TABLES.build),
  test: withExcerpt(TABLES.test),
  issue: withExcerpt(TABLES.issue),
  incident: withExcerpt(TABLES.incident),
};

/** The result of merging reports into a stored object. */
interface MergedGroup {
  readonly changed: boolean;
  /** The origin to which the object belongs now. */
  readonly holder: string;
}

interface Reported {
  readonly group: KeyGroup;
  readonly stored: Row;
}

/** Merges reports into objects that are stored, under a lock of their rows. */
export async function mergeStored(
  transaction: Transaction,
  table: Table,
  groups: readonly KeyGroup[],
): Promise<ReadonlyMap<KeyGroup, MergedGroup>> {
  const stored = await lockStored(transaction, table, groups);
  const reported = groups.map((group): Reported => {
    const row = stored.get(keyOf(group[0]));
    // Purges wait for loads, so only somebody outside kcigraph can have removed it.
    if (row === undefined) throw removed();
    return { group, stored: row };
  });
  return await mergeFound(transaction, table, reported);
}

async function mergeFound(
  transaction: Transaction,
  table: Table,
  reported: readonly Reported[],
): Promise<ReadonlyMap<KeyGroup, MergedGroup>> {
  const results = new Map<KeyGroup, MergedGroup>();
  const rows: Row[] = [];
  const silenced: string[] = [];
  const claims: RecordedClaim[] = [];
  const excerpts = await excerptsOf(transaction, table, reported);
  for (const { group, stored } of reported) {
    const { id, version } = group[0];
    const excerpt = excerpts.get(id);
    const merged = await mergeGroup(table, { ...stored, [EXCERPT.name]: excerpt }, group);
    for (const claim of merged.claims) claims.push({ ...claim, id, version });
    results.set(group, { changed: merged.changed, holder: String(merged.row.origin) });
    if (!merged.changed) continue;
    const shown = merged.row[EXCERPT.name];
    if (excerpt !== undefined && shown === undefined) silenced.push(id);
    // Excerpts make up most of the bytes, so one that does not change is not written again.
    rows.push(withDerived(excerpt === shown ? { ...merged.row, [EXCERPT.name]: undefined } : merged.row));
  }
  const { update, dropExcerpts } = LOAD_STATEMENTS[table.entity];
  if (rows.length > 0) await transaction.run(update, [JSON.stringify(rows), rows.map(({ id }) => id)]);
  if (dropExcerpts !== null && silenced.length > 0) await transaction.run(dropExcerpts, [silenced]);
  await recordClaims(transaction, table.entity, claims);
  return results;
}

async function lockStored(
  transaction: Transaction,
  table: Table,
  groups: readonly KeyGroup[],
): Promise<ReadonlyMap<string, Row>> {
  const ids = groups.map(([first]) => first.id);
  const values = table.key.length > 1 ? [ids, groups.map(([first]) => first.version)] : [ids];
  const rows = await transaction.run<Row>(LOAD_STATEMENTS[table.entity].lock, values);
  return new Map(rows.map((row) => [`${String(row.version ?? 0)} ${String(row.id)}`, row]));
}

/**
 * The excerpts that merging needs: of objects whose reports have one, and of objects that pass to their owner now. They
 * are read by a separate statement after the rows are locked: the locking statement itself would see their older state.
 */
async function excerptsOf(
  transaction: Transaction,
  table: Table,
  reported: readonly Reported[],
): Promise<ReadonlyMap<string, string>> {
  const statement = LOAD_STATEMENTS[table.entity].excerpts;
  const ids = reported
    .filter(({ group, stored }) => {
      const owner = ownerOf(group[0].id);
      const passes = stored.origin !== owner && group.some(({ origin }) => origin === owner);
      // A key of misc may have that name, and then the excerpt is read for nothing.
      return passes || group.some(({ text }) => text.includes(EXCERPT_KEY));
    })
    .map(({ group }) => group[0].id);
  if (statement === null || ids.length === 0) return new Map();
  const rows = await transaction.run<{ id: string; log_excerpt: string }>(statement, [ids]);
  return new Map(rows.map((row) => [row.id, row.log_excerpt]));
}

const EXCERPT_KEY = JSON.stringify(EXCERPT.name);

function removed(): SourceError {
  return new SourceError('SOURCE_UNAVAILABLE', 'Objects were removed while they were loaded: send the document again.');
}

function keyOf({ id, version }: { readonly id: string; readonly version: number }): string {
  return `${version} ${id}`;
}
