import type { Document } from 'bson';
import type { CollectionIndex } from '../../../examples/generators/kernelci/collection-index.ts';
import { comparable, fits, isOperators, valueAt } from './filter-match.ts';

/** How an index serves a read. */
export interface IndexPlan {
  /** Its fields; null: none serves it, and the whole collection is read. */
  readonly index: readonly string[] | null;
  /** What the index itself is held against: all that fits is looked at. */
  readonly bounds: Document;
  /** The order of the index is that of the read, which can stop as soon as it has enough. */
  readonly isOrdered: boolean;
  /** For reads whose alternatives are served each by an index of its own. */
  readonly alternatives?: readonly (readonly IndexPlan[])[];
}

/** A read, as far as its plan depends on it. */
export interface Read {
  readonly filter: Document;
  readonly sort: readonly (readonly [string, number])[];
  readonly limit: number | null;
  readonly hint: readonly string[] | null;
}

/**
 * The plans that MongoDB has to choose from: an index serves the conditions on its first fields, up to and with the first
 * that is a range; and the order, where its fields behind those of equality are those of the sort.
 */
export function plansOf(read: Read, indexes: readonly CollectionIndex['keys'][]): readonly IndexPlan[] {
  const { conditions, alternatives } = conjunction(read.filter);
  const usable = indexes.filter((keys) => read.hint === null || Object.keys(keys).join() === read.hint.join());
  const plans = usable.flatMap((keys) => planOf(keys, conditions, read) ?? []);
  for (const branches of alternatives) {
    const served = branches.map((branch) =>
      plansOf({ ...read, filter: { $and: [branch, ...conditions] }, sort: [] }, indexes),
    );
    if (served.every((candidates) => candidates.length > 0)) {
      plans.push({ index: [], bounds: {}, isOrdered: false, alternatives: served });
    }
  }
  return plans;
}

function planOf(keys: CollectionIndex['keys'], conditions: readonly Document[], read: Read): IndexPlan | null {
  const fields = Object.keys(keys);
  const bounds: Document[] = [];
  let equal = 0;
  for (const field of fields) {
    const own = conditions.filter((condition) => Object.keys(condition)[0] === field);
    if (own.length === 0) break;
    bounds.push(...own);
    if (!own.some((condition) => isEquality(condition[field]))) break;
    equal += 1;
  }
  const isOrdered = serves(keys, fields, equal, read.sort);
  // Without a condition an index is of use only for its order, and only where the read stops.
  if (bounds.length === 0 && !(isOrdered && read.sort.length > 0 && read.limit !== null)) return null;
  return { index: fields, bounds: bounds.length === 0 ? {} : { $and: bounds }, isOrdered };
}

function serves(keys: CollectionIndex['keys'], fields: readonly string[], equal: number, sort: Read['sort']): boolean {
  if (sort.length === 0) return true;
  // Fields of equality may stand before those of the order, all of them or some.
  for (let from = 0; from <= equal; from += 1) {
    const rest = fields.slice(from);
    const directions = sort.map(([field, direction], at) => (rest[at] === field ? direction * (keys[field] ?? 0) : 0));
    if (directions.every((direction) => direction !== 0 && direction === directions[0])) return true;
  }
  return false;
}

function isEquality(condition: unknown): boolean {
  return !isOperators(condition) || '$in' in condition || '$eq' in condition;
}

/** The conditions that all hold, one field each, and the sets of which one must. */
function conjunction(filter: Document): { conditions: Document[]; alternatives: Document[][] } {
  const conditions: Document[] = [];
  const alternatives: Document[][] = [];
  for (const [field, condition] of Object.entries(filter)) {
    if (field === '$and') {
      for (const each of condition) {
        const inner = conjunction(each);
        conditions.push(...inner.conditions);
        alternatives.push(...inner.alternatives);
      }
    } else if (field === '$or') {
      // One alternative is none.
      if (condition.length === 1) {
        const inner = conjunction(condition[0]);
        conditions.push(...inner.conditions);
        alternatives.push(...inner.alternatives);
      } else alternatives.push(condition);
    } else conditions.push({ [field]: condition });
  }
  return { conditions, alternatives };
}

/** Counts, as documents come by, how many entries of the index, or documents, a read would look at. */
export class Examination {
  readonly plan: IndexPlan;
  readonly #read: Read;
  /** For each alternative the plans that it has to choose from. */
  readonly #branches: readonly (readonly Examination[])[];
  #inBounds = 0;
  /** In the order of the read: whether the document fits all of it. */
  readonly #walk: { readonly key: string; readonly isFound: boolean }[] = [];

  constructor(plan: IndexPlan, read: Read) {
    this.plan = plan;
    this.#read = read;
    const whole = { ...read, limit: null };
    this.#branches = (plan.alternatives ?? []).map((branch) => branch.map((each) => new Examination(each, whole)));
  }

  see(document: Document): void {
    for (const candidates of this.#branches) for (const each of candidates) each.see(document);
    if (this.plan.alternatives !== undefined || !fits(document, this.plan.bounds)) return;
    this.#inBounds += 1;
    if (!this.#stops) return;
    const key = this.#read.sort.map(([field]) => comparable(valueAt(document, field.split('.'))) ?? '').join(' ');
    this.#walk.push({ key, isFound: fits(document, this.#read.filter) });
  }

  get examined(): number {
    if (this.plan.alternatives !== undefined) {
      return this.#branches.reduce((sum, plans) => sum + Math.min(...plans.map(({ examined }) => examined)), 0);
    }
    const { limit, sort } = this.#read;
    if (!this.#stops || limit === null) return this.#inBounds;
    const direction = (sort[0]?.[1] ?? 1) < 0 ? -1 : 1;
    const ordered =
      sort.length === 0
        ? this.#walk
        : this.#walk.toSorted((a, b) => direction * (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    let found = 0;
    for (const [at, { isFound }] of ordered.entries()) {
      if (isFound) found += 1;
      if (found === limit) return at + 1;
    }
    return ordered.length;
  }

  get #stops(): boolean {
    return this.plan.isOrdered && this.#read.limit !== null;
  }
}
