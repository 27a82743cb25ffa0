import type { PageItem, RelationName } from '../../../contract/adapter.ts';
import { type FilterOperator, filterValue } from '../../../contract/filter.ts';
import type { EntityName } from '../../../contract/model.ts';
import { FilterReference, filterVariants } from '../filter-reference.ts';
import { type Behaviour, combine, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { declaredRelations, type Sampler, someParents } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject } from '../subject.ts';
import { filterOf } from './filters.ts';

export const relationFilters: Behaviour = {
  name: 'relation-filters',
  promise: 'Filters hold below parents as they hold in lists.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const [relation, target] of declaredRelations(session)) {
      parts.push([relation, await outcomeOf(() => check(session, data, relation, target))]);
    }
    return combine(parts);
  },
};

async function check(session: Session, data: Sampler, relation: RelationName, target: EntityName): Promise<Outcome> {
  const capability = session.relation(relation)?.list;
  const declared: Readonly<Record<string, readonly FilterOperator[] | undefined>> = capability?.filters ?? {};
  const parents = (await someParents(data, relation, 5)).slice(0, 5);
  if (Object.keys(declared).length === 0) return skipped('No filter is declared.');
  const [order] = capability?.order ?? [];
  if (capability === undefined || order === undefined || parents.length === 0) return skipped('No parent is at hand.');
  const query = { where: null, order, first: Math.min(capability.maxPage, 100), after: null };
  const all = await session.related(relation, target, parents, query);
  const below = new Map<string, readonly PageItem<AnyObject>[]>();
  for (const [parent, page] of all) if ('items' in page) below.set(parent, page.items);
  const children = [...below.values()].flat();
  if (children.length === 0) return skipped('No parent at hand has children.');
  const reference = new FilterReference(session, data, target);
  await reference.load(children);
  for (const [field, operators = []] of Object.entries(declared)) {
    const values = children.map(({ object }) =>
      filterValue<EntityName>(target, field, object, reference.ancestryOf(object)),
    );
    for (const piece of filterVariants(field, operators, values).slice(0, 3)) {
      if (session.budget.left < 2) return skipped('The calls did not reach so far.');
      const where = filterOf({ [field]: piece });
      const pages = await session.related(relation, target, parents, { ...query, where });
      for (const [parent, page] of pages) {
        if (!('items' in page)) continue;
        const whole = all.get(parent);
        const complete = whole !== undefined && 'items' in whole && !whole.hasMore;
        const outcome = await reference.check(where, page, below.get(parent) ?? [], complete);
        if (outcome.outcome === 'fail') return outcome;
      }
    }
  }
  return pass();
}
