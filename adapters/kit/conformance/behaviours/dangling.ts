import type { RelationName } from '../../../contract/adapter.ts';
import type { EntityName } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { identityOf, type Sampler } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject } from '../subject.ts';

interface Link {
  readonly child: EntityName;
  readonly parent: EntityName;
  readonly relation: RelationName;
  readonly keyOf: (child: AnyObject) => string | null;
}

const LINKS: readonly Link[] = [
  {
    child: 'build',
    parent: 'checkout',
    relation: 'buildsOfCheckout',
    keyOf: (o) => ('checkoutId' in o ? o.checkoutId : null),
  },
  { child: 'test', parent: 'build', relation: 'testsOfBuild', keyOf: (o) => ('buildId' in o ? o.buildId : null) },
  {
    child: 'incident',
    parent: 'build',
    relation: 'incidentsOfBuild',
    keyOf: (o) => ('buildId' in o ? o.buildId : null),
  },
  { child: 'incident', parent: 'test', relation: 'incidentsOfTest', keyOf: (o) => ('testId' in o ? o.testId : null) },
  { child: 'incident', parent: 'issue', relation: 'incidentsOfIssue', keyOf: issueKeyOf },
];

export const dangling: Behaviour = {
  name: 'dangling',
  promise: 'An object whose parent the source does not have is given all the same, and found below that parent’s id.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const link of LINKS) {
      if (!session.relation(link.relation)?.list || !session.entity(link.child)) continue;
      parts.push([link.relation, await outcomeOf(() => check(session, data, link))]);
    }
    return combine(parts);
  },
};

async function check(session: Session, data: Sampler, link: Link): Promise<Outcome> {
  const children = (await data.sample(link.child)).items.map(({ object }) => object);
  const keys = [...new Set(children.flatMap((child) => link.keyOf(child) ?? []))].slice(0, 300);
  const absent = new Set(await absentParents(session, data, link, keys));
  const orphans = children.filter((child) => absent.has(link.keyOf(child) ?? '')).slice(0, 5);
  if (orphans.length === 0) return skipped('No object at hand has a parent that the source lacks.');
  const { order: [order = 'NEWEST'] = [], maxPage = 1 } = session.relation(link.relation)?.list ?? {};
  const first = Math.min(maxPage, 100);
  const parents = [...new Set(orphans.flatMap((child) => link.keyOf(child) ?? []))];
  const pages = await session.related(link.relation, link.child, parents, { where: null, order, first, after: null });
  for (const orphan of orphans) {
    const key = link.keyOf(orphan) ?? '';
    const page = pages.get(key);
    if (page !== undefined && !('items' in page))
      return fail('There is an error for a parent that is not there.', { parent: key, error: String(page) });
    const isThere = page?.items.some(({ object }) => identityOf(object) === identityOf(orphan)) ?? false;
    if (!isThere && !page?.hasMore)
      return fail('A child is not found below a parent that is not there.', { parent: key, child: orphan.id });
  }
  return pass();
}

async function absentParents(session: Session, data: Sampler, link: Link, keys: readonly string[]) {
  const seen = await data.sample(link.parent, link.parent === 'issue');
  const had = new Set(seen.items.map(({ object }) => identityOf(object)));
  const candidates = keys.filter((key) => !had.has(key));
  if (seen.complete || candidates.length === 0) return candidates;
  if (!session.entity(link.parent)?.get) return [];
  const found = await session.get(link.parent, candidates.slice(0, 20), { fields: new Set(['id']) });
  return candidates.slice(0, 20).filter((key) => !found.has(key));
}

function issueKeyOf(child: AnyObject): string | null {
  return 'issueId' in child ? `${child.issueVersion}@${child.issueId}` : null;
}
