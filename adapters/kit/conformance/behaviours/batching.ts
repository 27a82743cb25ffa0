import { RELATION_NAMES, RELATION_TARGETS, type Requests } from '../../../contract/adapter.ts';
import { allFields } from '../../../contract/fields.ts';
import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { absentKey, keyOf, someParents } from '../sampler.ts';
import type { UpstreamMeter } from '../subject.ts';

const MOST_KEYS = 2500;

export const batching: Behaviour = {
  name: 'batching',
  promise: 'A call makes no more upstream requests than its keys or parents take batches, as `requests` says.',
  async run(session, data) {
    const meter = session.subject.upstream;
    if (meter === undefined) return skipped('Upstream requests are not counted.');
    const isLive = session.subject.known === undefined;
    const parts: [string, Outcome][] = [];
    const check = async (name: string, batch: Batch) => {
      parts.push([name, await outcomeOf(() => checkBatch(meter, batch))]);
    };
    for (const entity of ENTITY_NAMES) {
      const { maxKeys, requests } = session.entity(entity)?.get ?? {};
      if (maxKeys === undefined) continue;
      const { items } = await data.sample(entity);
      const known = items.map(({ object }) => keyOf(entity, object));
      const keys = filled(known, 'absent:0', amount(maxKeys, isLive));
      for (const fields of selections(entity, requests)) {
        const ask = () => session.get(entity, keys, { fields });
        await check(`get(${entity})`, { keys: keys.length, size: maxKeys, requests, fields, ask });
      }
    }
    for (const relation of RELATION_NAMES) {
      const { list, count, maxParents, requests } = session.relation(relation) ?? {};
      if (maxParents === undefined) continue;
      const target = RELATION_TARGETS[relation];
      const some = await someParents(data, relation, 50);
      const absent = relation.endsWith('OfRevision') ? '0123456789'.repeat(4) : 'absent:0';
      const parents = filled(some, absent, amount(maxParents, isLive));
      const batch = { keys: parents.length, size: maxParents, requests };
      const [order] = list?.order ?? [];
      if (list !== undefined && order !== undefined) {
        const query = { where: null, order, first: Math.min(2, list.maxPage), after: null };
        for (const fields of selections(target, requests)) {
          const ask = () => session.related(relation, target, parents, query, { fields });
          await check(relation, { ...batch, fields, ask });
        }
      }
      if (count === undefined) continue;
      const ask = () => session.countBelow(relation, parents);
      await check(`count(${relation})`, { ...batch, fields: new Set(), ask });
    }
    return combine(parts);
  },
};

/** A call, and what is declared of its upstream requests. */
interface Batch {
  readonly keys: number;
  /** Keys or parents a batch. */
  readonly size: number;
  readonly requests: Requests | undefined;
  readonly fields: ReadonlySet<string>;
  readonly ask: () => Promise<unknown>;
}

/** The id alone, and all fields where some of them cost further requests. */
function selections(entity: EntityName, requests: Requests | undefined): readonly ReadonlySet<string>[] {
  const isMore = Object.keys(requests?.forFields ?? {}).length > 0;
  return isMore ? [new Set(['id']), allFields(entity)] : [new Set(['id'])];
}

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

async function checkBatch(meter: UpstreamMeter, { keys, size, requests, fields, ask }: Batch): Promise<Outcome> {
  const before = meter.started;
  await ask();
  const made = meter.started - before;
  const { perBatch = 1, forFields = {} } = requests ?? {};
  const forSelected = Object.entries(forFields).map(([field, more]) => (fields.has(field) ? more : 0));
  const allowed = Math.ceil(keys / size) * forSelected.reduce((sum, more) => sum + more, perBatch);
  if (made <= allowed) return pass();
  return fail('A call made more upstream requests than it may.', {
    keys,
    requests: made,
    allowed,
    fields: [...fields],
  });
}
