import { ownerOf } from '../../contract/keys.ts';
import type { Json } from '../../contract/model.ts';
import { isJsonObject, isList, sameJson } from '../../kit/json/json-values.ts';
import type { Column } from '../columns.ts';
import type { Row } from './rows.ts';

/** A value that a report has for a field, and the origin of the report. */
export interface Claim {
  readonly field: string;
  readonly value: Json;
  readonly origin: string;
}

export interface MergedReports {
  /** The row as it is shown now; the same object as before if nothing changed. */
  readonly row: Row;
  readonly changed: boolean;
  /**
   * The values to keep in `conflicts`: those of the object's own origin that differ from an earlier one, and all values of
   * other origins, even equal ones, since the object may later belong to another origin.
   */
  readonly claims: readonly Claim[];
}

/**
 * Adds reports of one object, in their order, to what is shown of it, in time linear in their size.
 *
 * An object belongs to the origin that its id names as soon as that origin has reported it, until then to the origin that
 * was first. Only that origin's reports make the row: in each column the first value that is not empty. When the
 * named origin comes later than others, its report replaces theirs.
 *
 * @param shown the row that is stored; null where there is none
 */
export function mergeReports(
  columns: readonly Column[],
  shown: Row | null,
  reports: readonly [Row, ...Row[]],
): MergedReports {
  const [first] = reports;
  const merger = new ReportMerger(
    columns,
    shown,
    String(first.id),
    reports.map(({ origin }) => String(origin)),
  );
  for (const report of reports) merger.add(report);
  return merger.merged();
}

/** The same one report at a time, so that a caller with many reports can yield to the event loop between them. */
export class ReportMerger {
  readonly #columns: readonly Column[];
  readonly #shown: Row | null;
  readonly #id: string;
  readonly #holder: string;
  readonly #claims: Claims;
  #object: MergedObject | null;

  /** @param origins of all reports that will be added */
  constructor(columns: readonly Column[], shown: Row | null, id: string, origins: readonly string[]) {
    const first = shown === null ? (origins[0] ?? '') : String(shown.origin);
    const owner = ownerOf(id);
    this.#columns = columns;
    this.#shown = shown;
    this.#id = id;
    this.#holder = first === owner || origins.includes(owner) ? owner : first;
    this.#claims = new Claims(columns);
    const isKept = shown !== null && shown.origin === this.#holder;
    if (shown !== null && !isKept) this.#claims.addAll(shown);
    this.#object = isKept ? new MergedObject(columns, shown, this.#claims) : null;
  }

  add(report: Row): void {
    if (report.origin !== this.#holder) this.#claims.addAll(report);
    else if (this.#object === null) this.#object = new MergedObject(this.#columns, report, this.#claims);
    else this.#object.add(report);
  }

  merged(): MergedReports {
    if (this.#object === null) throw new Error(`No report of ${this.#id} is of the origin that it belongs to.`);
    const row = this.#object.row();
    return { row, changed: row !== this.#shown, claims: this.#claims.all() };
  }
}

/** Whether a value counts as little as null: an empty text, an empty list. */
function isSilent({ merge }: Column, value: Json): boolean {
  return value === '' || (merge === 'list' && isList(value) && value.length === 0);
}

/** Merges the reports of one origin. */
class MergedObject {
  readonly #columns: readonly Column[];
  readonly #claims: Claims;
  readonly #first: Row;
  readonly #changes: { [column: string]: Json } = {};
  /** Columns of keys in which something was added. */
  readonly #keyed = new Map<Column, Map<string, Json>>();

  constructor(columns: readonly Column[], first: Row, claims: Claims) {
    this.#columns = columns;
    this.#first = first;
    this.#claims = claims;
  }

  add(report: Row): void {
    const origin = String(report.origin);
    for (const column of this.#columns) {
      const value = report[column.name];
      if (value === undefined || value === null) continue;
      if (column.merge === 'keys') this.#addKeys(column, value, origin);
      else if (this.#isNews(column, column.field, this.#shown(column), value, origin))
        this.#changes[column.name] = value;
    }
  }

  /** The first report itself, where nothing was added to it. */
  row(): Row {
    if (Object.keys(this.#changes).length === 0 && this.#keyed.size === 0) return this.#first;
    // Built from entries, since a key may be `__proto__`.
    const keyed = [...this.#keyed].map(([{ name }, keys]) => [name, Object.fromEntries(keys)] as const);
    return { ...this.#first, ...this.#changes, ...Object.fromEntries(keyed) };
  }

  #shown({ name }: Column): Json {
    return this.#changes[name] ?? this.#first[name] ?? null;
  }

  #addKeys(column: Column, value: Json, origin: string): void {
    const shown = this.#shown(column);
    if (shown === null) {
      this.#changes[column.name] = value;
      return;
    }
    if (!isJsonObject(value) || !isJsonObject(shown)) return;
    for (const [key, item] of Object.entries(value)) {
      if (item === null) continue;
      const keys = this.#keyed.get(column);
      const known = keys === undefined ? ownOf(shown, key) : keys.get(key);
      if (!this.#isNews(column, `${column.field}.${key}`, known ?? null, item, origin)) continue;
      const changed = keys ?? new Map(Object.entries(shown));
      changed.set(key, item);
      this.#keyed.set(column, changed);
    }
  }

  /** Whether a value fills a gap. A value that differs from the known one becomes a claim. */
  #isNews(column: Column, field: string, known: Json, value: Json, origin: string): boolean {
    if (known === null) return true;
    if (column.merge === 'present' || isSilent(column, value)) return false;
    if (isSilent(column, known)) return true;
    if (!sameJson(known, value)) this.#claims.add(field, value, origin);
    return false;
  }
}

/** Each value of a field once for each origin. */
class Claims {
  readonly #columns: readonly Column[];
  readonly #claims = new Map<string, Claim>();

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
  }

  add(field: string, value: Json, origin: string): void {
    this.#claims.set(JSON.stringify([field, origin, value]), { field, value, origin });
  }

  /** Adds all values of a report. */
  addAll(report: Row): void {
    const origin = String(report.origin);
    for (const column of this.#columns) {
      const value = report[column.name];
      if (value === undefined || value === null || column.merge === 'present' || isSilent(column, value)) continue;
      if (column.merge !== 'keys') this.add(column.field, value, origin);
      else if (isJsonObject(value)) {
        for (const [key, item] of Object.entries(value)) {
          if (item !== null && item !== '') this.add(`${column.field}.${key}`, item, origin);
        }
      }
    }
  }

  all(): readonly Claim[] {
    return [...this.#claims.values()];
  }
}

function ownOf(object: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
