import type { Order } from '../../../contract/adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { comparePlaces } from '../../../contract/positions.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import type { Sampler } from '../sampler.ts';
import type { Session } from '../session.ts';

export const seek: Behaviour = {
  name: 'seek',
  promise: 'A page begins strictly after the place that was given, also where no object stands there any more.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const list = session.entity(entity)?.list;
      for (const order of list?.order ?? []) {
        parts.push([
          `${entity} ${order}`,
          await outcomeOf(() => check(session, data, entity, order, list?.paging === 'offset')),
        ]);
      }
    }
    return combine(parts);
  },
};

/** By places a little before and behind those that are taken. */
async function check(
  session: Session,
  data: Sampler,
  entity: EntityName,
  order: Order,
  isOffset: boolean,
): Promise<Outcome> {
  if (isOffset) return skipped('An offset source finds its place by marks.');
  const { items, complete } = await data.sample(entity);
  if (!complete || items.length < 2) return skipped('Not all of the list is known.');
  const sorted = items.toSorted((one, other) => comparePlaces(order, one, other));
  const picked = [0, 1 / 4, 1 / 2, 3 / 4, 1].map((part) => sorted[Math.floor(part * (sorted.length - 1))]);
  for (const item of picked) {
    if (item === undefined) continue;
    const gone = [
      { time: item.time, tie: `${item.tie}!` },
      { time: item.time, tie: '' },
      { time: null, tie: item.tie },
    ];
    for (const after of gone) {
      const wanted = sorted.find((other) => comparePlaces(order, other, after) > 0);
      const page = await session.list(entity, { where: null, order, first: 1, after }, { fields: new Set(['id']) });
      const [got] = page.items;
      if (got?.tie === wanted?.tie) continue;
      return fail('The page begins elsewhere.', { after, wanted: wanted?.tie ?? null, got: got?.tie ?? null });
    }
  }
  return pass();
}
