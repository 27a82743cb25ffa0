import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, pass, skipped } from '../report.ts';
import { keyOf, listing } from '../sampler.ts';
import { plain, sameJson } from '../validate-answer.ts';

export const immutableAnswers: Behaviour = {
  name: 'immutable-answers',
  promise: 'An answer that was given does not change when something else is asked.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const { list, get } = session.entity(entity) ?? {};
      const { items, order } = await data.sample(entity);
      const keys = items.slice(0, 5).map(({ object }) => keyOf(entity, object));
      if (keys.length === 0) {
        parts.push([entity, skipped('No object is at hand.')]);
        continue;
      }
      const answers: unknown[] = [items.slice(0, 20)];
      if (get) answers.push([...(await session.get(entity, keys)).values()]);
      if (list && order !== null) answers.push((await listing(session, entity, { order }, {})(null, 5)).items);
      const before = answers.map(plain);
      if (get) await session.get(entity, keys, { fields: new Set(['id']) });
      if (list && order !== null) await listing(session, entity, { order })(null, 5);
      const changed = answers.findIndex((answer, index) => !sameJson(before[index], answer));
      const evidence = { was: before[changed], is: answers[changed] };
      parts.push([entity, changed === -1 ? pass() : fail('An answer changed after it was given.', evidence)]);
    }
    return combine(parts);
  },
};
