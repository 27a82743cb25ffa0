import { parseExactJson } from '../kit/exact-json.ts';
import { type RecordedClaim, recordClaims } from './conflicts.ts';
import { LOAD_STATEMENTS } from './load-statements.ts';
import { mergeReports } from './merge.ts';
import type { SameKey } from './same-key.ts';
import { type Column, EXCERPT, STORED, type StoredEntity } from './stored-columns.ts';
import { type Row, withDerived } from './to-row.ts';
import type { Transaction } from './transaction.ts';

/** Inserts what is not there yet; gives the groups that are there, and so have to be merged. */
export async function insertNew(
  transaction: Transaction,
  table: StoredEntity,
  groups: readonly SameKey[],
): Promise<ReadonlySet<SameKey>> {
  if (groups.length === 0) return new Set();
  const claims: (RecordedClaim & { readonly group: SameKey })[] = [];
  const rows = groups.map((group, place) => {
    if (group.length === 1) return withPlace(group[0].text, place);
    const merged = mergeReports(mergedColumns(table), null, rowsOf(group));
    const { id, version } = group[0];
    for (const claim of merged.claims) claims.push({ ...claim, id, version, group });
    return withPlace(JSON.stringify(withDerived(merged.row)), place);
  });
  const known = await transaction.run<{ place: number }>(LOAD_STATEMENTS[table.entity].insert, [`[${rows.join(',')}]`]);
  const places = new Set(known.map(({ place }) => place));
  const there = new Set(groups.filter((_, place) => places.has(place)));
  const ofNew = claims.filter(({ group }) => !there.has(group)).map(({ group: _, ...claim }) => claim);
  await recordClaims(transaction, table.entity, ofNew);
  return there;
}

/** The columns in which reports are merged. */
export function mergedColumns(table: StoredEntity): readonly Column[] {
  return MERGED[table.entity];
}

export function rowsOf(group: SameKey): readonly [Row, ...Row[]] {
  const [first, ...later] = group;
  return [rowOf(first.text), ...later.map(({ text }) => rowOf(text))];
}

function rowOf(text: string): Row {
  return parseExactJson(text);
}

/** Rows are JSON objects and never empty: they begin with their id. */
function withPlace(text: string, place: number): string {
  return `{"place":${place},${text.slice(1)}`;
}

const withExcerpt = (table: StoredEntity) => (table.logs === null ? table.columns : [...table.columns, EXCERPT]);
const MERGED = {
  checkout: withExcerpt(STORED.checkout),
  build: withExcerpt(STORED.build),
  test: withExcerpt(STORED.test),
  issue: withExcerpt(STORED.issue),
  incident: withExcerpt(STORED.incident),
};
