import type { PageItem, RelationName } from '../../../contract/adapter.ts';
import type { EntityName } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { declaredRelations, identityOf, memberTest, type Sampler, seenChildren, someParents } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject } from '../subject.ts';

export const related: Behaviour = {
  name: 'related',
  promise: 'Below each of many parents, asked at once, come its own children, all of them and no others.',
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
  const parents = await someParents(data, relation, session.subject.known === undefined ? 8 : 60);
  const [order = 'NEWEST'] = capability?.order ?? [];
  if (parents.length === 0) return skipped('No parent is at hand.');
  const first = Math.min(capability?.maxPage ?? 1, 100);
  const pages = await session.related(relation, target, parents, { where: null, order, first, after: null });
  const strange = [...pages.keys()].find((key) => !parents.includes(key));
  if (strange !== undefined) return fail('An answer lies under a parent that was not asked.', { parent: strange });
  let told = 0;
  let children = 0;
  for (const parent of parents) {
    const page = pages.get(parent) ?? { items: [], hasMore: false };
    if (!('items' in page)) return skipped(`The answer for a parent is an error: ${page.message}`);
    children += page.items.length;
    const outcome = await checkPage(data, relation, parent, page.items, page.hasMore);
    if (outcome.outcome === 'fail') return outcome;
    if (outcome.outcome === 'pass') told += 1;
  }
  if (told === 0) return skipped('What belongs below a parent cannot be told from the objects.');
  return children === 0 ? skipped('No parent at hand has children.') : pass();
}

async function checkPage(
  data: Sampler,
  relation: RelationName,
  parent: string,
  items: readonly PageItem<AnyObject>[],
  hasMore: boolean,
): Promise<Outcome> {
  const isMember = await memberTest(data, relation, parent);
  if (isMember === null) return skipped('Its members cannot be told.');
  const foreign = items.find(({ object }) => isMember(object) === false);
  if (foreign !== undefined)
    return fail('A child of another parent came.', { parent, child: identityOf(foreign.object) });
  const seen = await seenChildren(data, relation, parent);
  const got = new Set(items.map(({ object }) => identityOf(object)));
  const lost = hasMore ? undefined : seen?.ids.find((id) => !got.has(id));
  return lost === undefined ? pass() : fail('A child does not come.', { parent, child: lost });
}
