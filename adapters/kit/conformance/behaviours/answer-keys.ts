import { fitsKeys } from '../../../contract/adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { identityOf, keyOf, type Sampler } from '../sampler.ts';
import type { Session } from '../session.ts';

export const answerKeys: Behaviour = {
  name: 'answer-keys',
  promise: 'get answers under the keys that were asked, each with the object of that key, and under no other.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      if (!session.entity(entity)?.get) continue;
      parts.push([entity, await outcomeOf(() => check(session, data, entity))]);
    }
    return combine(parts);
  },
};

async function check(session: Session, data: Sampler, entity: EntityName): Promise<Outcome> {
  const { items } = await data.sample(entity);
  if (items.length === 0) return skipped('No object is at hand.');
  const wanted = new Map(items.slice(0, 5).map(({ object }) => [keyOf(entity, object), identityOf(object)]));
  const found = await session.get(entity, [...wanted.keys()]);
  for (const [key, value] of found) {
    const identity = wanted.get(key);
    if (identity === undefined) return fail('An answer lies under a key that was not asked.', { key });
    if ('object' in value && identityOf(value.object) !== identity) {
      return fail('Under a key lies another object.', { key, id: identityOf(value.object) });
    }
  }
  const keys = session.entity(entity)?.keys;
  const beyond = items.find(({ object }) => !fitsKeys(keys, object.id));
  if (beyond === undefined) return pass();
  return fail('The source holds an object whose id its `keys` rule out.', { id: beyond.object.id, keys });
}
