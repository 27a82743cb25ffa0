import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, pass, skipped } from '../report.ts';
import { listing } from '../sampler.ts';
import { placeOf } from '../session.ts';

export const totals: Behaviour = {
  name: 'totals',
  promise: 'Where a page tells a total, it is that of the whole list, on every page.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      if (!session.entity(entity)?.list) continue;
      const { items, complete, order } = await data.sample(entity);
      const [first] = items;
      if (!complete || order === null || first === undefined) {
        parts.push([entity, skipped('The whole list is not at hand.')]);
        continue;
      }
      const ask = listing(session, entity, { order });
      const given = [(await ask(null, 1)).total, (await ask(placeOf(first), 1)).total];
      const wrong = given.find((total) => total !== undefined && total !== items.length);
      const evidence = { listed: items.length, total: wrong ?? null };
      if (wrong !== undefined)
        parts.push([entity, fail('A page tells another total than the list has items.', evidence)]);
      else parts.push([entity, given.every((total) => total === undefined) ? skipped('No total is told.') : pass()]);
    }
    return combine(parts);
  },
};
