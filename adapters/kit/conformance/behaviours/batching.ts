import { ENTITY_NAMES } from '../../../model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { absentKey, declaredRelations, keyOf, someParents } from '../sampler.ts';
import type { UpstreamMeter } from '../subject.ts';

const MOST_KEYS = 2500;

export const batching: Behaviour = {
  name: 'batching',
  promise: 'A call makes at most ceil(keys / maxKeys) upstream requests, or ceil(parents / maxParents).',
  async run(session, data) {
    const meter = session.subject.upstream;
    if (meter === undefined) return skipped('Upstream requests are not counted.');
    const isLive = session.subject.known === undefined;
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const size = session.entity(entity)?.get?.maxKeys;
      if (size === undefined) continue;
      const { items } = await data.sample(entity);
      const keys = filled(
        items.map(({ object }) => keyOf(entity, object)),
        'absent:0',
        amount(size, isLive),
      );
      const ask = () => session.get(entity, keys, { fields: new Set(['id']) });
      parts.push([`get(${entity})`, await outcomeOf(() => check(meter, keys.length, size, ask))]);
    }
    for (const [relation, target] of declaredRelations(session)) {
      const capability = session.relation(relation);
      const [order] = capability?.list?.order ?? [];
      if (capability?.list === undefined || order === undefined) continue;
      const some = await someParents(data, relation, 50);
      const absent = relation.endsWith('OfRevision') ? '0123456789'.repeat(4) : 'absent:0';
      const parents = filled(some, absent, amount(capability.maxParents, isLive));
      const query = { where: null, order, first: Math.min(2, capability.list.maxPage), after: null };
      const ask = () => session.related(relation, target, parents, query, { fields: new Set(['id']) });
      parts.push([relation, await outcomeOf(() => check(meter, parents.length, capability.maxParents, ask))]);
      if (capability.count === undefined) continue;
      const count = () => session.countBelow(relation, parents);
      parts.push([
        `count(${relation})`,
        await outcomeOf(() => check(meter, parents.length, capability.maxParents, count)),
      ]);
    }
    return combine(parts);
  },
};

/** A little more than two full requests, where that is not too much to ask. */
function amount(size: number, isLive: boolean): number {
  return isLive ? Math.min(Math.max(3, size), 50) : Math.min(2 * size + 1, Math.max(size, MOST_KEYS));
}

function filled(keys: readonly string[], absent: string, length: number): readonly string[] {
  const result = keys.slice(0, length);
  const isHash = /^[0-9a-f]+$/.test(absent);
  for (let number = 0; result.length < length; number++) {
    result.push(isHash ? number.toString(16).padStart(absent.length, '0') : absentKey(absent, number));
  }
  return result;
}

async function check(meter: UpstreamMeter, keys: number, size: number, ask: () => Promise<unknown>): Promise<Outcome> {
  const before = meter.started;
  await ask();
  const requests = meter.started - before;
  const allowed = Math.ceil(keys / size);
  if (requests > allowed) return fail('A call made more upstream requests than it may.', { keys, requests, allowed });
  return pass();
}
