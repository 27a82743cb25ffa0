import { parseExactJson } from '../kit/exact-json.ts';
import { EXCERPT, TABLES, type Table } from './columns.ts';
import { type RecordedClaim, recordClaims } from './conflicts.ts';
import type { Transaction } from './connection/transaction.ts';
import { LOAD_STATEMENTS } from './load-statements.ts';
import { type MergedReports, ReportMerger } from './merge.ts';
import type { SameKey } from './same-key.ts';
import { Slices } from './slices.ts';
import { type Row, withDerived } from './to-row.ts';

/** Inserts what is not there yet; gives the groups that are there, and so have to be merged. */
export async function insertNew(
  transaction: Transaction,
  table: Table,
  groups: readonly SameKey[],
): Promise<ReadonlySet<SameKey>> {
  if (groups.length === 0) return new Set();
  const claims: (RecordedClaim & { readonly group: SameKey })[] = [];
  const rows: string[] = [];
  const slices = new Slices();
  for (const [place, group] of groups.entries()) {
    if (group.length === 1) {
      rows.push(withPlace(group[0].text, place));
      continue;
    }
    const merged = await mergeGroup(table, null, group, slices);
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

/** All that a document says of one object, merged into what is shown of it; report by report, so that others have their turn. */
export async function mergeGroup(
  table: Table,
  shown: Row | null,
  group: SameKey,
  slices: Slices,
): Promise<MergedReports> {
  const origins = group.map(({ origin }) => origin);
  const merger = new ReportMerger(MERGED[table.entity], shown, group[0].id, origins);
  for (const { text } of group) {
    merger.add(parseExactJson(text));
    if (slices.isOver) await slices.giveWay();
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
