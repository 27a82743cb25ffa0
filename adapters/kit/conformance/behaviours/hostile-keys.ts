import { RELATION_TARGETS } from '../../../contract/adapter.ts';
import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, pass, skipped } from '../report.ts';
import { keyOf } from '../sampler.ts';
import { isUnrelatedFailure, Stopped } from '../session.ts';

const KEYS: readonly string[] = [
  '',
  ' ',
  '\0',
  'origin:nul\0inside',
  'origin:\ud800',
  '\udc00:half',
  `origin:${'x'.repeat(20_000)}`,
  "origin:'; DROP TABLE tests; --",
  'origin:%00%2e%2e%2f',
  '../../../etc/passwd',
  'origin:{"$ne":null}',
  'origin:.*',
  'origin:%',
  '@',
  '1@',
  '-1@origin:x',
  '1.5@origin:x',
  '99999999999999999999999@origin:x',
  'abc+def+ghi',
  '+',
];

export const hostileKeys: Behaviour = {
  name: 'hostile-keys',
  promise: 'Keys that no object can have (NUL, half a surrogate pair, very long, empty, code) are absent, not errors.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const capability = session.entity(entity);
      if (!capability?.get) continue;
      const [item] = (await data.sample(entity)).items;
      const good = item === undefined ? [] : [keyOf(entity, item.object)];
      parts.push([
        entity,
        await check(async () => {
          const found = await session.get(entity, [...KEYS, ...good]);
          const lost = good.find((key) => !found.has(key));
          if (lost !== undefined) return fail('There is no answer for a good key beside such keys.', { key: lost });
          return unexpected([...found].find(([key]) => KEYS.includes(key)));
        }),
      ]);
    }
    for (const entity of ENTITY_NAMES) {
      const { list } = session.entity(entity) ?? {};
      const [order] = list?.order ?? [];
      if (order === undefined || !list?.filters.id?.includes('in')) continue;
      const query = { where: { id: { in: KEYS } }, order, first: 1, after: null };
      const outcome = await check(async () => {
        const [item] = (await session.list(entity, query)).items;
        return item === undefined ? pass() : fail('A filter of such ids finds an object.', { id: item.object.id });
      });
      parts.push([`${entity}.id`, outcome]);
    }
    for (const relation of session.listedRelations) {
      const [order] = session.relation(relation)?.list?.order ?? [];
      if (order === undefined) continue;
      const query = { where: null, order, first: 1, after: null };
      parts.push([
        relation,
        await check(async () => {
          const pages = await session.related(relation, RELATION_TARGETS[relation], KEYS, query);
          return unexpected([...pages].find(([, page]) => !('items' in page) || page.items.length > 0));
        }),
      ]);
    }
    return combine(parts);
  },
};

function unexpected(wrong: readonly [key: string, answer: unknown] | undefined): Outcome {
  if (wrong === undefined) return pass();
  const [key, answer] = wrong;
  if (answer instanceof Error) return fail('There is an error for such a key.', { key, error: String(answer) });
  return fail('There is an answer for such a key.', { key, answer });
}

async function check(ask: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Stopped) throw error;
    if (isUnrelatedFailure(error)) return skipped(String(error));
    return fail('The call fails because of such a key.', { error: String(error) });
  }
}
