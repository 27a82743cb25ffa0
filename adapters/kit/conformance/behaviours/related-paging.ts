import type { Order, Page, RelationName } from '../../../contract/adapter.ts';
import type { EntityName } from '../../../contract/model.ts';
import { comparePlaces } from '../../../contract/positions.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { type AskPage, declaredRelations, identityOf, type Sampler, someParents, walk } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject } from '../subject.ts';

export const relatedPaging: Behaviour = {
  name: 'related-paging',
  promise: 'Children come in order, and pages of them lose nothing, repeat nothing and hold at most `first`.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const [relation, target] of declaredRelations(session)) {
      const [parent] = await someParents(data, relation, 1);
      for (const order of session.relation(relation)?.list?.order ?? []) {
        const name = `${relation} ${order}`;
        if (parent === undefined) parts.push([name, skipped('No parent is at hand.')]);
        else parts.push([name, await outcomeOf(() => check(session, data, { relation, target, parent, order }))]);
      }
    }
    return combine(parts);
  },
};

interface Children {
  readonly relation: RelationName;
  readonly target: EntityName;
  readonly parent: string;
  readonly order: Order;
}

async function check(session: Session, _data: Sampler, children: Children): Promise<Outcome> {
  const { relation, target, parent, order } = children;
  const capability = session.relation(relation)?.list;
  const ask: AskPage = async (after, first): Promise<Page<AnyObject>> => {
    const query = { where: null, order, first, after };
    const pages = await session.related(relation, target, [parent], query, { fields: new Set(['id']) });
    const page = pages.get(parent) ?? { items: [], hasMore: false };
    if ('items' in page) return page;
    throw page;
  };
  // One item a page for as long as it takes to see several pages; larger pages to the end.
  const isKnown = session.subject.known !== undefined;
  let reference: readonly string[] | null = null;
  for (const size of new Set([100, 7, 2, 1].map((wanted) => Math.min(wanted, capability?.maxPage ?? 1)))) {
    const limit = size < 7 ? 6 * size : isKnown ? 60 : 12;
    const { items, pages } = await walk(ask, size, limit);
    const ids = items.map(({ object }) => identityOf(object));
    const tooMany = pages.find((page) => page.items.length > size);
    if (tooMany !== undefined) return fail('A page holds more than was asked for.', { parent, first: size });
    const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
    if (repeated !== undefined) return fail('A child came twice.', { parent, pageSize: size, child: repeated });
    const late = items.findIndex((item, at) => at > 0 && comparePlaces(order, items[at - 1] ?? item, item) > 0);
    if (late !== -1 && capability?.paging !== 'offset') {
      return fail('A child stands behind one that it belongs before.', {
        parent,
        child: ids[late],
        before: ids[late - 1],
      });
    }
    const wrong = pages.findIndex(
      (page, at) => at + 1 < pages.length && page.hasMore !== (pages[at + 1]?.items.length ?? 0) > 0,
    );
    const isPending = pages.some((page) => page.pending === true);
    if (wrong !== -1 && capability?.paging !== 'offset' && !isPending) {
      return fail('hasMore does not say what the next page shows.', { parent, pageSize: size, page: wrong });
    }
    reference ??= ids;
    const differs = ids.slice(0, reference.length).findIndex((id, index) => id !== reference?.[index]);
    const isShort = ids.length < Math.min(reference.length, limit) && !isPending;
    if (differs !== -1 || isShort) {
      const evidence = { parent, pageSize: size, index: differs, got: ids.length, otherwise: reference.length };
      return fail('Pages of another size give other children.', evidence);
    }
  }
  return (reference?.length ?? 0) === 0 ? skipped('No parent at hand has children.') : pass();
}
