import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { type AskPage, listing, walk } from '../sampler.ts';
import { placeOf } from '../session.ts';

export const hasMore: Behaviour = {
  name: 'has-more',
  promise: 'hasMore is true where more comes after the last item of a page, and false where nothing does.',
  async run(session) {
    const limit = session.subject.known === undefined ? 30 : 200;
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const list = session.entity(entity)?.list ?? null;
      for (const order of list?.order.slice(0, 1) ?? []) {
        const size = Math.min(list?.maxPage ?? 1, 7);
        parts.push([entity, await outcomeOf(() => check(listing(session, entity, { order }), size, limit))]);
      }
    }
    return combine(parts);
  },
};

async function check(ask: AskPage, size: number, limit: number): Promise<Outcome> {
  const { pages, items } = await walk(ask, size, limit);
  for (const [index, page] of pages.entries()) {
    const next = pages[index + 1];
    if (next === undefined || page.hasMore === next.items.length > 0) continue;
    if (page.pending === true || next.pending === true) continue;
    const evidence = { page: index, hasMore: page.hasMore, itemsAfterIt: next.items.length };
    return fail('hasMore does not say what the next page shows.', evidence);
  }
  const reachedEnd = pages.at(-1)?.items.length === 0;
  const beforeLast = items.at(-3);
  if (items.length === 0) return skipped('There is nothing in the list.');
  if (!reachedEnd || beforeLast === undefined || size < 2) return pass();
  const { hasMore: more, pending } = await ask(placeOf(beforeLast), 2);
  return more && pending !== true
    ? fail('A full page that ends with the very last item says that more comes.')
    : pass();
}
