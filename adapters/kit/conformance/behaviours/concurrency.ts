import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, fail, pass, skipped } from '../report.ts';
import { keyOf, listing } from '../sampler.ts';
import { sameJson } from '../validate-answer.ts';

const AT_ONCE = 6;

export const concurrency: Behaviour = {
  name: 'concurrency',
  promise: 'Calls made at once are answered as they are one after the other.',
  async run(session, data) {
    const asks: (readonly [string, () => Promise<unknown>])[] = [];
    for (const entity of ENTITY_NAMES) {
      const { list, get } = session.entity(entity) ?? {};
      const { items, order } = await data.sample(entity);
      const keys = items.slice(0, 5).map(({ object }) => keyOf(entity, object));
      if (get && keys.length > 0) {
        asks.push([`get(${entity})`, async () => [...(await session.get(entity, keys))].sort(byKey)]);
      }
      if (list && order !== null) {
        asks.push([`list(${entity})`, async () => (await listing(session, entity, { order }, {})(null, 10)).items]);
      }
    }
    if (asks.length === 0) return skipped('Nothing can be looked up or listed.');
    const alone: unknown[] = [];
    for (const [, ask] of asks) alone.push(await ask());
    const times = session.subject.known === undefined ? 2 : AT_ONCE;
    const together = await Promise.all(asks.flatMap(([, ask]) => Array.from({ length: times }, ask)));
    for (const [index, answer] of together.entries()) {
      const which = Math.floor(index / times);
      if (!sameJson(alone[which], answer)) return fail('An answer differs.', { call: asks[which]?.[0] });
    }
    return pass();
  },
};

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
