import { ENTITY_NAMES, type EntityName, isPlaceholder, type StatusCounts } from '../../../model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { declaredRelations, type Sampler, someParents } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject } from '../subject.ts';
import { sameJson } from '../validate-answer.ts';

const NONE: StatusCounts = { pass: 0, fail: 0, error: 0, miss: 0, done: 0, skip: 0, none: 0, total: 0 };

export const counts: Behaviour = {
  name: 'counts',
  promise:
    'count tells by status what list shows, of an entity and below parents, for many parents at once, with a filter too, but for placeholder builds.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      if (session.entity(entity)?.count?.precision === 'exact') {
        parts.push([entity, await outcomeOf(() => checkEntity(session, data, entity))]);
      }
    }
    for (const [relation, target] of declaredRelations(session)) {
      const capability = session.relation(relation);
      const [order] = capability?.list?.order ?? [];
      if (capability?.count?.precision !== 'exact' || order === undefined) continue;
      const parents = await someParents(data, relation, session.subject.known === undefined ? 5 : 30);
      const query = { where: null, order, first: Math.min(capability.list?.maxPage ?? 1, 100), after: null };
      const pages = parents.length === 0 ? new Map() : await session.related(relation, target, parents, query);
      const counted = parents.length === 0 ? new Map() : await session.countBelow(relation, parents);
      let outcome: Outcome = skipped('No parent is at hand whose children are all on one page.');
      for (const parent of parents) {
        const page = pages.get(parent) ?? { items: [], hasMore: false };
        if (!('items' in page) || page.hasMore) continue;
        outcome = compare(`${relation} of ${parent}`, page.items, counted.get(parent), target);
        if (outcome.outcome === 'fail') break;
      }
      parts.push([relation, outcome]);
    }
    return combine(parts);
  },
};

async function checkEntity(session: Session, data: Sampler, entity: EntityName): Promise<Outcome> {
  const { items, complete } = await data.sample(entity);
  if (!complete) return skipped('The list is too long to be counted here.');
  const outcome = compare(entity, items, await session.count(entity), entity);
  const [item] = items;
  if (outcome.outcome !== 'pass' || item === undefined) return outcome;
  if (entity === 'issue') {
    const all = await data.sample('issue', true);
    const counted = await session.count(entity, null, true);
    const versions = all.complete ? compare('all versions', all.items, counted, entity) : pass();
    if (versions.outcome === 'fail') return versions;
  }
  if (!session.entity(entity)?.count?.filters.origin?.includes('in')) return outcome;
  const where = { origin: { in: [item.object.origin] } };
  const own = items.filter(({ object }) => object.origin === item.object.origin);
  return compare(`${entity} of ${item.object.origin}`, own, await session.count(entity, where), entity);
}

function compare(
  of: string,
  items: readonly { readonly object: AnyObject }[],
  counted: StatusCounts | Error | undefined,
  entity: EntityName,
): Outcome {
  if (counted instanceof Error) return skipped(`The count is an error: ${counted.message}`);
  const built = entity === 'build' ? items.filter(({ object }) => !isPlaceholder(object.id)) : items;
  const wanted = built.length === 0 ? NONE : countOf(built, entity);
  return sameJson(wanted, { ...NONE, ...counted })
    ? pass()
    : fail('The count differs from what is listed.', { of, listed: wanted, counted: counted ?? null });
}

function countOf(items: readonly { readonly object: AnyObject }[], entity: EntityName): StatusCounts {
  const result = { ...NONE, total: items.length };
  if (entity !== 'build' && entity !== 'test') return result;
  const names = { PASS: 'pass', FAIL: 'fail', ERROR: 'error', MISS: 'miss', DONE: 'done', SKIP: 'skip' } as const;
  for (const { object } of items) {
    const status = 'status' in object ? object.status : null;
    result[status === null ? 'none' : names[status]] += 1;
  }
  return result;
}
