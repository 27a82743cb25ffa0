import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, fail, pass, skipped } from '../report.ts';
import { keyOf } from '../sampler.ts';
import { modelFaults } from '../validate-answer.ts';

export const included: Behaviour = {
  name: 'included',
  promise: 'Objects that come along with an answer are valid, and what get gives for their key.',
  async run(session, data) {
    for (const entity of ENTITY_NAMES) if (session.entity(entity)) await data.sample(entity);
    // All that came along with the answers so far, those of the other behaviours too.
    const came = session.seen.included.slice(0, 500);
    if (came.length === 0) return skipped('No object came along with an answer.');
    for (const { entity, object } of came) {
      const [fault] = modelFaults(entity, object);
      if (fault !== undefined)
        return fail(fault.message, { entity, id: object.id, path: fault.path, value: fault.value });
    }
    for (const { entity, object } of came.slice(0, 20)) {
      if (!session.entity(entity)?.get) continue;
      const key = keyOf(entity, object);
      const found = (await session.get(entity, [key])).get(key);
      // What was derived from its parent may not be found again by key; another object under the key is wrong.
      if (found !== undefined && 'object' in found && found.object.id !== object.id) {
        return fail('get finds another object.', { entity, id: object.id, found: found.object.id });
      }
    }
    return pass();
  },
};
