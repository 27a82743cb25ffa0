import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, pass, skipped } from '../report.ts';
import { declaredRelations, keyOf, type Sampler, someParents } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject } from '../subject.ts';
import { modelFaults } from '../validate-answer.ts';

export const model: Behaviour = {
  name: 'model',
  promise:
    'Every object is valid in the common model: each field is there, of its type, and by the rules of KCIDB 5.3.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const capability = session.entity(entity);
      if (capability === undefined) continue;
      const { items } = await data.sample(entity, entity === 'issue');
      const objects = items.map(({ object }) => object);
      if (capability.get) {
        const found = await session.get(
          entity,
          objects.slice(0, 10).map((object) => keyOf(entity, object)),
        );
        for (const value of found.values()) if ('object' in value) objects.push(value.object);
      }
      parts.push([entity, check(entity, objects)]);
    }
    for (const [relation, target] of declaredRelations(session)) {
      parts.push([relation, check(target, await children(session, data, relation, target))]);
    }
    return combine(parts);
  },
};

function check(entity: EntityName, objects: readonly AnyObject[]): Outcome {
  for (const object of objects) {
    const [fault] = modelFaults(entity, object);
    if (fault !== undefined) return fail(fault.message, { id: object.id, path: fault.path, value: fault.value });
  }
  return objects.length === 0 ? skipped('No object is at hand.') : pass();
}

async function children(
  session: Session,
  data: Sampler,
  relation: Parameters<typeof someParents>[1],
  target: EntityName,
): Promise<readonly AnyObject[]> {
  const capability = session.relation(relation)?.list;
  const parents = (await someParents(data, relation, 3)).slice(0, 3);
  const [order] = capability?.order ?? [];
  if (order === undefined || parents.length === 0) return [];
  const query = { where: null, order, first: Math.min(capability?.maxPage ?? 1, 20), after: null };
  const pages = await session.related(relation, target, parents, query);
  return [...pages.values()].flatMap((page) => ('items' in page ? page.items.map(({ object }) => object) : []));
}
