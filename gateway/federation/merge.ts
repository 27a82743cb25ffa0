import {
  type Conflict,
  type ConflictValue,
  type Entities,
  type EntityName,
  type Json,
  STATUSES,
  type Status,
  type StatusCounts,
} from '../../adapters/contract/model.ts';
import { normaliseUrl } from '../../adapters/contract/time-and-url.ts';
import { fillGaps, isSaid, ownersFirst } from '../../adapters/kit/fill-gaps.ts';
import { sameJson } from '../../adapters/kit/json/json-values.ts';
import type { FieldSet } from './field-set.ts';
import { keyOf, nodeId, TYPE_NAMES } from './identity.ts';
import { compareUtf8 } from './list/cursor.ts';
import type { Source } from './registry.ts';
import { SCOPE, type Scope, type Scoped } from './request.ts';

/** What one source says of an object. Adapters' objects are shared: they are never changed. */
export interface Copy<T> {
  readonly source: Source;
  readonly object: T;
  /** By which lists sort it; null also where it was not asked for. */
  readonly time: string | null;
}

interface ShownFields extends Scoped {
  readonly __typename: string;
  /** Empty where it is not selected. */
  readonly nodeId: string;
  readonly sources: readonly string[];
  readonly conflicts: readonly Conflict[];
  /** Of builds and tests. */
  readonly verdict?: Verdict;
}

/** An object in the shape of the schema. */
export type Shown<E extends EntityName> = Entities[E] & ShownFields;

/**
 * The copies of one object as one: field by field the first that says anything. Copies of the origin that the object's id
 * names precede all others, then they follow the priority of their sources.
 * @param copies by priority, at least one
 */
export function mergeObjects<E extends EntityName>(
  entity: E,
  copies: readonly Copy<Entities[E]>[],
  fields: FieldSet,
  scope: Scope,
): Shown<E> {
  const ordered = ownersFirst(copies, ({ object }) => object);
  const [first, ...others] = ordered;
  if (first === undefined) throw new Error(`No copy of a ${entity} was given to merge.`);
  const object =
    others.length === 0 ? first.object : others.reduce((so, { object }) => fillGaps(so, object), first.object);
  return {
    ...object,
    __typename: TYPE_NAMES[entity],
    nodeId: fields.showsNodeId ? nodeId(TYPE_NAMES[entity], keyOf(object)) : '',
    sources: copies.map(({ source }) => source.name),
    conflicts: fields.names.has('conflicts') ? conflictsOf(ordered) : [],
    ...('status' in object ? { verdict: verdictOf(object.status) } : {}),
    [SCOPE]: scope,
  };
}

/** What says who an object is, or when a source changed its copy; and the log, which is too large to compare. */
const NOT_COMPARED = new Set(['id', 'version', 'timestamp', 'conflicts', 'logExcerpt']);
/** Merged field by field, and so compared field by field. */
const OPENED = new Set(['environment', 'culprit', 'misc', 'environment.misc']);

/**
 * The fields on which reports differ: those that the sources' own merges found, and those on which the sources differ.
 * The value shown in the object comes first. An empty text or list differs from nothing.
 * @param copies in the order in which they merge
 */
export function conflictsOf(copies: readonly Copy<Entities[EntityName]>[]): readonly Conflict[] {
  if (copies.length === 1 && (copies[0]?.object.conflicts?.length ?? 0) === 0) return [];
  const byField = new Map<string, ConflictValue[]>();
  for (const { source, object } of copies) {
    const own = new Map((object.conflicts ?? []).map((conflict) => [conflict.field, conflict.values]));
    for (const [field, value] of comparedFields(object)) {
      const plain = { value, source: source.name, origin: object.origin, at: null };
      const values = own.get(field)?.map((one) => ({ ...one, source: one.source ?? source.name })) ?? [plain];
      own.delete(field);
      add(byField, field, values);
    }
    // What the source shows as null or empty, though somebody told it a value.
    for (const [field, values] of own) {
      add(
        byField,
        field,
        values.map((one) => ({ ...one, source: one.source ?? source.name })),
      );
    }
  }
  const conflicts: Conflict[] = [];
  for (const [field, all] of byField) {
    const values = shownFirst(field, all);
    if (values.some((one) => !isSame(field, one.value, values[0]?.value ?? null))) conflicts.push({ field, values });
  }
  // The order of fields within an object is its adapter's affair.
  return conflicts.sort((a, b) => compareUtf8(a.field, b.field));
}

/** What one copy does not say, another may show. */
function shownFirst(field: string, values: readonly ConflictValue[]): readonly ConflictValue[] {
  const said = values.filter(({ value }) => isSaid(value, isInMisc(field)));
  // Only what a copy shows has no time.
  const first = said.find(({ at }) => at === null) ?? values[0];
  return first === undefined ? [] : [first, ...said.filter((one) => one !== first)];
}

function isInMisc(field: string): boolean {
  return /^(environment\.)?misc\./.test(field);
}

function add(byField: Map<string, ConflictValue[]>, field: string, values: readonly ConflictValue[]): void {
  const known = byField.get(field);
  if (known === undefined) byField.set(field, [...values]);
  else known.push(...values);
}

/** The values that are known, by their path in the model. */
function comparedFields(object: Entities[EntityName]): readonly (readonly [string, Json])[] {
  const fields: (readonly [string, Json])[] = [];
  const visit = (value: object, path: string) => {
    for (const [key, child] of Object.entries(value)) {
      const field = path === '' ? key : `${path}.${key}`;
      if (!isSaid(child, isInMisc(field)) || NOT_COMPARED.has(field)) continue;
      if (OPENED.has(field) && typeof child === 'object') visit(child, field);
      else fields.push([field, child]);
    }
  };
  visit(object, '');
  return fields;
}

function isSame(field: string, a: Json, b: Json): boolean {
  if (field === 'gitRepositoryUrl' && typeof a === 'string' && typeof b === 'string') {
    return normaliseUrl(a) === normaliseUrl(b);
  }
  return sameJson(a, b);
}

export type Verdict = 'PASS' | 'FAIL' | 'INCONCLUSIVE';

export function verdictOf(status: Status | null): Verdict {
  return status === 'PASS' || status === 'FAIL' ? status : 'INCONCLUSIVE';
}

/** Counts with the status of the group: the one of highest priority among its members, null where none has one. */
export interface StatusSummary extends StatusCounts {
  readonly status: Status | null;
  readonly verdict: Verdict;
}

const COUNT_OF = { FAIL: 'fail', ERROR: 'error', MISS: 'miss', PASS: 'pass', DONE: 'done', SKIP: 'skip' } as const;

export function summarise(counts: StatusCounts): StatusSummary {
  const status = STATUSES.find((one) => counts[COUNT_OF[one]] > 0) ?? null;
  return { ...counts, status, verdict: verdictOf(status) };
}

export const NO_COUNTS: StatusCounts = {
  pass: 0,
  fail: 0,
  error: 0,
  miss: 0,
  done: 0,
  skip: 0,
  none: 0,
  total: 0,
};

export function addCounts(a: StatusCounts, b: StatusCounts): StatusCounts {
  return {
    pass: a.pass + b.pass,
    fail: a.fail + b.fail,
    error: a.error + b.error,
    miss: a.miss + b.miss,
    done: a.done + b.done,
    skip: a.skip + b.skip,
    none: a.none + b.none,
    total: a.total + b.total,
  };
}

/** How many have which status. What has none counts as such. */
export function countStatuses(statuses: Iterable<Status | null>): StatusCounts {
  const counts = { ...NO_COUNTS };
  for (const status of statuses) {
    counts[status === null ? 'none' : COUNT_OF[status]] += 1;
    counts.total += 1;
  }
  return counts;
}
