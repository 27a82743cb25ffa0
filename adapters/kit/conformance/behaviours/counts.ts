import { RELATION_NAMES, RELATION_TARGETS, type RelationName } from '../../../contract/adapter.ts';
import { ENTITY_NAMES, type EntityName, isPlaceholder, type StatusCounts } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { memberTest, type Sampler, someParents } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject } from '../subject.ts';
import { sameJson } from '../validate-answer.ts';

const NONE: StatusCounts = { pass: 0, fail: 0, error: 0, miss: 0, done: 0, skip: 0, none: 0, total: 0 };

export const counts: Behaviour = {
  name: 'counts',
  promise:
    'count tells by status what list shows, or what is known where there is no list, of an entity and below parents, for many parents at once, with a filter too, but for placeholder builds.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      if (session.entity(entity)?.count?.precision === 'exact') {
        parts.push([entity, await outcomeOf(() => checkEntity(session, data, entity))]);
      }
    }
    for (const relation of RELATION_NAMES) {
      const { list, count } = session.relation(relation) ?? {};
      if (count?.precision !== 'exact') continue;
      const check = list === undefined ? checkAlone : checkBelow;
      parts.push([relation, await outcomeOf(() => check(session, data, relation))]);
    }
    return combine(parts);
  },
};

/** Counts below parents, against the pages that list shows. */
async function checkBelow(session: Session, data: Sampler, relation: RelationName): Promise<Outcome> {
  const target = RELATION_TARGETS[relation];
  const { order: [order] = [], maxPage = 1 } = session.relation(relation)?.list ?? {};
  const parents = await someParents(data, relation, session.subject.known === undefined ? 5 : 30);
  let outcome: Outcome = skipped('No parent is at hand whose children are all on one page.');
  if (parents.length === 0 || order === undefined) return outcome;
  const query = { where: null, order, first: Math.min(maxPage, 100), after: null };
  const pages = await session.related(relation, target, parents, query);
  const counted = await session.countBelow(relation, parents);
  for (const parent of parents) {
    const page = pages.get(parent) ?? { items: [], hasMore: false };
    if (!('items' in page) || page.hasMore) continue;
    outcome = compare(`${relation} of ${parent}`, page.items, counted.get(parent), target);
    if (outcome.outcome === 'fail') break;
  }
  return outcome;
}

const UNLISTED = 'What is counted cannot be listed: only the sum of the statuses was checked.';

/** Counts below parents whose children cannot be listed, against what is known of them. */
async function checkAlone(session: Session, data: Sampler, relation: RelationName): Promise<Outcome> {
  const target = RELATION_TARGETS[relation];
  const parents = await someParents(data, relation, session.subject.known === undefined ? 5 : 30);
  if (parents.length === 0) return skipped('No parent is at hand.');
  const counted = await session.countBelow(relation, parents);
  const { items, complete } = await data.sample(target);
  const all = session.subject.known === undefined ? (complete ? items : null) : data.known(target);
  let outcome: Outcome = skipped(UNLISTED);
  for (const parent of parents) {
    const counts = counted.get(parent);
    const isMember = await memberTest(data, relation, parent);
    outcome = sumFault(`${relation} of ${parent}`, counts, target) ?? outcome;
    if (all !== null && isMember !== null && outcome.outcome !== 'fail') {
      const children = all.filter(({ object }) => isMember(object) === true);
      outcome = compare(`${relation} of ${parent}`, children, counts, target);
    }
    if (outcome.outcome === 'fail') break;
  }
  return outcome;
}

async function checkUnlisted(session: Session, data: Sampler, entity: EntityName): Promise<Outcome> {
  const counted = await session.count(entity);
  const fault = sumFault(entity, counted, entity);
  // Of an issue with several versions only the newest counts.
  if (fault !== null || session.subject.known === undefined || entity === 'issue') return fault ?? skipped(UNLISTED);
  return compare(entity, data.known(entity), counted, entity);
}

/** Builds and tests have a status each, or none: together they are the total. */
function sumFault(of: string, counted: StatusCounts | Error | undefined, entity: EntityName): Outcome | null {
  if (counted === undefined || counted instanceof Error || (entity !== 'build' && entity !== 'test')) return null;
  const { total, ...statuses } = counted;
  const sum = Object.values(statuses).reduce((all, one) => all + one, 0);
  return sum === total ? null : fail('The counts by status are not the total together.', { of, sum, total });
}

async function checkEntity(session: Session, data: Sampler, entity: EntityName): Promise<Outcome> {
  if (session.entity(entity)?.list === undefined) return await checkUnlisted(session, data, entity);
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
