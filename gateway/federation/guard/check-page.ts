import type { Page, PageItem, PageQuery, Paging } from '../../../adapters/adapter.ts';
import { comparePlaces } from '../../../adapters/kit/compare-places.ts';
import { ENTITY_NAMES, type Entities, type EntityName } from '../../../adapters/model.ts';
import { quoted } from '../client-error.ts';
import { keyOf } from '../identity.ts';
import { type AnswerFaults, notUnderstood } from './answer-faults.ts';

/** What a list was asked for, and what its rows are held against. */
export interface AskedPage<E extends EntityName> {
  readonly entity: E;
  readonly query: PageQuery<E>;
  /** Rows of an offset source come in its own order. */
  readonly paging: Paging;
  /** The object as it can be shown; null leaves it out. */
  check(object: Entities[E]): Entities[E] | null;
}

/**
 * A page as the contract says it is: in order, behind the place asked for, each row once, and no more than asked for.
 * What is not so is put right or left out, and said.
 * @throws {SourceError} SOURCE_BAD_DATA where it is no page at all
 */
export function checkPage<E extends EntityName>(
  asked: AskedPage<E>,
  given: Page<Entities[E]>,
  faults: AnswerFaults,
): Page<Entities[E]> {
  const page: unknown = given;
  if (!isRecord(page) || !Array.isArray(page.items) || typeof page.hasMore !== 'boolean') {
    throw notUnderstood(`the list of ${asked.entity}s is no page`);
  }
  const { first, order } = asked.query;
  let items = uniqueItems(asked, given.items, faults);
  if (asked.paging !== 'offset') {
    if (items.some((item, index) => index > 0 && comparePlaces(order, items[index - 1]!, item) > 0)) {
      faults.add(`The source gave its ${asked.entity}s in the wrong order.`);
      items = items.toSorted((one, other) => comparePlaces(order, one, other));
    }
    items = behindPlace(asked, items, faults);
  }
  const isTooMuch = items.length > first;
  if (isTooMuch) {
    faults.add(`The source gave ${items.length} ${asked.entity}s where it was asked for ${first}.`);
    items = items.slice(0, first);
  }
  const { total } = given;
  if (total !== undefined && !isCount(total)) faults.add(`The source gave a total of ${quoted(total)}.`);
  return {
    items,
    hasMore: given.hasMore || isTooMuch,
    ...(given.pending === true ? { pending: true } : {}),
    ...(total === undefined || !isCount(total) ? {} : { total }),
    ...(given.included === undefined ? {} : { included: checkIncluded(given.included, faults) }),
  };
}

/** The objects that came along, but for what is none. */
export function checkIncluded<T>(included: readonly T[], faults: AnswerFaults): readonly T[] {
  const list: unknown = included;
  const names: readonly unknown[] = ENTITY_NAMES;
  const good = Array.isArray(list)
    ? included.filter(
        (one) => isRecord(one) && names.includes(one.entity) && isRecord(one.object) && isId(one.object.id),
      )
    : [];
  if (!Array.isArray(list) || good.length < list.length) faults.add('The source sent along what is no object.');
  return good;
}

/** Those that can be shown, each once. */
function uniqueItems<E extends EntityName>(
  { entity, check }: AskedPage<E>,
  given: readonly PageItem<Entities[E]>[],
  faults: AnswerFaults,
): readonly PageItem<Entities[E]>[] {
  const items: PageItem<Entities[E]>[] = [];
  const seen = new Set<string>();
  for (const item of given) {
    const raw: unknown = item;
    if (!isRecord(raw) || !isTie(raw.tie) || !(raw.time === null || typeof raw.time === 'string')) {
      faults.add(`A ${entity} of the source has no place in its list, and is left out.`);
      continue;
    }
    const object = check(item.object);
    if (object === null) continue;
    const [tie, key] = [`tie ${item.tie}`, `key ${keyOf(object)}`];
    if (seen.has(tie) || seen.has(key)) {
      faults.add(`The source gave the ${entity} ${quoted(object.id)} twice in one page.`, object.id);
      continue;
    }
    seen.add(tie).add(key);
    items.push(object === item.object ? item : { ...item, object });
  }
  return items.length === given.length && items.every((item, index) => item === given[index]) ? given : items;
}

/** Without rows that were taken before: they would be walked through for ever. */
function behindPlace<E extends EntityName>(
  { entity, query }: AskedPage<E>,
  items: readonly PageItem<Entities[E]>[],
  faults: AnswerFaults,
): readonly PageItem<Entities[E]>[] {
  const { after, order } = query;
  const [first] = items;
  if (after === null || first === undefined || comparePlaces(order, first, after) > 0) return items;
  faults.add(`The source gave ${entity}s again that come before the place asked for.`);
  return items.filter((item) => comparePlaces(order, item, after) > 0);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isTie(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
