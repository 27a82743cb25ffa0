import { RELATION_TARGETS } from '../../../adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../model.ts';
import type { Behaviour } from '../behaviour.ts';
import { absentKey, keyOf } from '../keys.ts';
import { isRelation, type Sampler } from '../sampler.ts';
import type { Session } from '../session.ts';
import { settledVerdict } from '../settled-verdict.ts';
import { isBesideThePoint } from '../source-fault.ts';
import { Stopped } from '../stopped.ts';
import { combine, fail, notJudged, pass, type Verdict } from '../verdict.ts';

export const absentKeys: Behaviour = {
  name: 'absent-keys',
  promise: 'A key that the source does not know is absent from the answer, or has an empty page: no error.',
  async run(session, data) {
    const parts: [string, Verdict][] = [];
    for (const entity of ENTITY_NAMES) {
      if (!session.adapter.capabilities.entities[entity]?.get) continue;
      parts.push([entity, await settledVerdict(() => judgeKeys(session, data, entity))]);
    }
    for (const relation of Object.keys(session.adapter.capabilities.relations).filter(isRelation)) {
      const capability = session.adapter.capabilities.relations[relation];
      const [order] = capability?.order ?? [];
      if (order === undefined) continue;
      const parents = relation.endsWith('OfRevision')
        ? ['0123456789'.repeat(4)]
        : ['absent:0', '1@absent:0'].slice(0, relation.endsWith('OfIssue') ? 2 : 1);
      const query = { where: null, order, first: 1, after: null };
      const verdict = await judge(async () => {
        const pages = await session.related(relation, RELATION_TARGETS[relation], parents, query);
        return [...pages].flatMap(([key, page]) =>
          'items' in page && page.items.length === 0 && !page.hasMore ? [] : [[key, page] as const],
        );
      });
      parts.push([relation, verdict]);
    }
    return combine(parts);
  },
};

async function judgeKeys(session: Session, data: Sampler, entity: EntityName): Promise<Verdict> {
  const [item] = (await data.sample(entity)).items;
  const keys = item === undefined ? ['absent:0'] : [absentKey(item.object.id, 1), absentKey(item.object.id, 2)];
  const present = item === undefined ? [] : [keyOf(entity, item.object)];
  return judge(async () => {
    const found = await session.getMany(entity, [...keys, ...present]);
    const lost = present.filter((key) => !found.has(key)).map((key) => [key, 'not found beside absent keys'] as const);
    return [...lost, ...[...found].filter(([key]) => keys.includes(key))];
  });
}

async function judge(ask: () => Promise<readonly (readonly [key: string, answer: unknown])[]>): Promise<Verdict> {
  try {
    const [wrong] = await ask();
    if (wrong === undefined) return pass();
    const [key, answer] = wrong;
    return fail('There is an answer for a key that does not exist, or none for one that does.', {
      key,
      answer: answer instanceof Error ? String(answer) : answer,
    });
  } catch (error) {
    if (error instanceof Stopped) throw error;
    if (isBesideThePoint(error)) return notJudged(String(error));
    return fail('The call fails because of a key that does not exist.', { error: String(error) });
  }
}
