import type { Order, Page, PageItem, PageQuery, Place } from '../../adapter.ts';
import type { EntityName } from '../../model.ts';
import type { AnyObject, Asking, Session } from './session.ts';

/** Asks for a page after a place. */
export type AskPage = (after: Place | null, first: number) => Promise<Page<AnyObject>>;

export interface Walk {
  readonly items: readonly PageItem<AnyObject>[];
  readonly pages: readonly Page<AnyObject>[];
  /** The end was reached: nothing came after the last item. */
  readonly complete: boolean;
}

/**
 * Pages on until nothing comes, whatever `hasMore` says, or until more than `limit` items came. A list that goes round in
 * circles ends by the limit.
 */
export async function walk(ask: AskPage, first: number, limit: number): Promise<Walk> {
  const items: PageItem<AnyObject>[] = [];
  const pages: Page<AnyObject>[] = [];
  let after: Place | null = null;
  while (items.length <= limit) {
    const page: Page<AnyObject> = await ask(after, first);
    pages.push(page);
    const last: PageItem<AnyObject> | undefined = page.items.at(-1);
    // An index that is still filling says "not now": its end is not known.
    if (last === undefined) return { items, pages, complete: !page.hasMore };
    items.push(...page.items);
    after = placeOf(last);
  }
  return { items, pages, complete: false };
}

/** An item's place alone, as a cursor would carry it. */
export function placeOf(item: Place): Place {
  const { time, tie, mark } = item;
  return mark === undefined ? { time, tie } : { time, tie, mark };
}

/** Pages of the list of an entity; only its ids are asked for unless `asking` says otherwise. */
export function listing(
  session: Session,
  entity: EntityName,
  query: { readonly order: Order } & Partial<PageQuery<EntityName>>,
  asking: Asking = { fields: new Set(['id']) },
): AskPage {
  return (after, first) => session.list(entity, { where: null, ...query, first, after }, asking);
}
