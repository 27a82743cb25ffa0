import { issueTie, type PageItem } from '../../../contract/adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { identityOf, listing, type Sampler } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject } from '../subject.ts';

export const ties: Behaviour = {
  name: 'ties',
  promise: 'A tie names one object, stays the same in every list, and is no other object’s id.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      if (!session.entity(entity)?.list) continue;
      parts.push([entity, await outcomeOf(() => check(session, data, entity))]);
    }
    return combine(parts);
  },
};

async function check(session: Session, data: Sampler, entity: EntityName): Promise<Outcome> {
  const { items } = await data.sample(entity);
  if (items.length === 0) return skipped('There is nothing in the list.');
  const versions = entity === 'issue' ? (await data.sample('issue', true)).items : [];
  const doubled = sharedTie(items) ?? sharedTie(versions) ?? misnamedVersion(versions);
  if (doubled !== null) return doubled;
  const byIdentity = new Map(items.map((item) => [identityOf(item.object), item.tie]));
  const orders = session.entity(entity)?.list?.order ?? [];
  for (const order of orders) {
    const page = await listing(session, entity, { order })(null, 1);
    for (const { object, tie } of page.items) {
      const before = byIdentity.get(identityOf(object));
      if (before !== undefined && before !== tie) return fail('An object has another tie elsewhere.', { tie, before });
    }
  }
  return pass();
}

function sharedTie(items: readonly PageItem<AnyObject>[]): Outcome | null {
  const owners = new Map<string, string>();
  const ids = new Set(items.map(({ object }) => object.id));
  for (const { object, tie } of items) {
    const identity = identityOf(object);
    const owner = owners.get(tie);
    if (owner !== undefined && owner !== identity) {
      return fail('Two objects share a tie.', { tie, one: owner, other: identity });
    }
    owners.set(tie, identity);
    if (tie !== object.id && ids.has(tie))
      return fail('The tie of one object is the id of another.', { tie, identity });
  }
  return null;
}

function misnamedVersion(items: readonly PageItem<AnyObject>[]): Outcome | null {
  for (const { object, tie } of items) {
    if (!('version' in object) || tie === issueTie(object.id, object.version)) continue;
    return fail('The tie of a version of an issue is not issueTie(id, version).', { tie, id: object.id });
  }
  return null;
}
