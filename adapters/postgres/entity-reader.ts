import { type Call, issueTie, type PageItem } from '../adapter.ts';
import type { Entities, EntityName } from '../model.ts';
import { raw, type Sql } from './read/sql.ts';
import { type ColumnsOf, timeText } from './select-columns.ts';
import { TABLES } from './tables.ts';
import { BUILD_COLUMNS, type BuildRow, toBuild } from './translate-build.ts';
import { CHECKOUT_COLUMNS, type CheckoutRow, toCheckout } from './translate-checkout.ts';
import { INCIDENT_COLUMNS, type IncidentRow, toIncident } from './translate-incident.ts';
import { ISSUE_COLUMNS, type IssueRow, toIssue } from './translate-issue.ts';
import { TEST_COLUMNS, type TestRow, toTest } from './translate-test.ts';

interface Rows {
  readonly checkout: CheckoutRow;
  readonly build: BuildRow;
  readonly test: TestRow;
  readonly issue: IssueRow;
  readonly incident: IncidentRow;
}
export type RowOf<E extends EntityName> = Rows[E];

interface EntityReader<E extends EntityName> {
  readonly columns: ColumnsOf<Entities[E]>;
  /** What the model never leaves null, whatever was asked for. */
  readonly always: readonly string[];
  readonly toObject: (row: Rows[E]) => Entities[E];
}

const READERS: { readonly [E in EntityName]: EntityReader<E> } = {
  checkout: { columns: CHECKOUT_COLUMNS, always: [], toObject: toCheckout },
  build: { columns: BUILD_COLUMNS, always: ['t.checkout_id'], toObject: toBuild },
  test: { columns: TEST_COLUMNS, always: ['t.build_id'], toObject: toTest },
  issue: { columns: ISSUE_COLUMNS, always: ['t.version'], toObject: toIssue },
  incident: { columns: INCIDENT_COLUMNS, always: ['t.issue_id', 't.issue_version'], toObject: toIncident },
};

/** The select list for the fields of a call. Whoever asks for conflicts sees the values beside them, so needs them all. */
export function selectOf(entity: EntityName, fields: Call['fields']): Sql {
  const { columns, always } = READERS[entity];
  const wanted = Object.entries(columns).flatMap(([field, made]) =>
    fields.has(field) || (fields.has('conflicts') && field !== 'logExcerpt') ? made : [],
  );
  const time = TABLES[entity].mayLackTime ? `nullif(t.sort_time, '-infinity')` : 't.sort_time';
  return raw(['t.id', 't.origin', ...always, timeText(time, 'item_time'), ...wanted].join(', '));
}

export function toObject<E extends EntityName>(entity: E, row: RowOf<E>): Entities[E] {
  return READERS[entity].toObject(row);
}

/** A row at its place in a list. */
export function toItem<E extends EntityName>(entity: E, row: RowOf<E>): PageItem<Entities[E]> {
  const tie = 'version' in row ? issueTie(row.id, row.version) : row.id;
  return { object: toObject(entity, row), time: row.item_time, tie };
}
