import { type Page, RELATION_TARGETS } from '../../../contract/adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { absentKey, keyOf, type Sampler } from '../sampler.ts';
import { isUnrelatedFailure, type Session, Stopped } from '../session.ts';

export const absentKeys: Behaviour = {
  name: 'absent-keys',
  promise: 'A key that the source does not know is absent from the answer, or has an empty page: no error.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      if (!session.entity(entity)?.get) continue;
      parts.push([entity, await outcomeOf(() => checkKeys(session, data, entity))]);
    }
    for (const relation of session.listedRelations) {
      const [order] = session.relation(relation)?.list?.order ?? [];
      if (order === undefined) continue;
      const parents = relation.endsWith('OfRevision')
        ? ['0123456789'.repeat(4)]
        : ['absent:0', '1@absent:0'].slice(0, relation.endsWith('OfIssue') ? 2 : 1);
      const query = { where: null, order, first: 1, after: null };
      const outcome = await check(async () => {
        const pages = await session.related(relation, RELATION_TARGETS[relation], parents, query);
        return unexpected([...pages].find(([, page]) => !isEmptyPage(page)));
      });
      parts.push([relation, outcome]);
    }
    return combine(parts);
  },
};

async function checkKeys(session: Session, data: Sampler, entity: EntityName): Promise<Outcome> {
  const [item] = (await data.sample(entity)).items;
  const keys = item === undefined ? ['absent:0'] : [absentKey(item.object.id, 1), absentKey(item.object.id, 2)];
  const present = item === undefined ? [] : [keyOf(entity, item.object)];
  return check(async () => {
    const found = await session.get(entity, [...keys, ...present]);
    const lost = present.find((key) => !found.has(key));
    if (lost !== undefined)
      return fail('There is no answer for a key that exists, beside keys that do not.', { key: lost });
    return unexpected([...found].find(([key]) => keys.includes(key)));
  });
}

function isEmptyPage(page: Page<unknown> | Error): boolean {
  // An index that is still filling cannot know what the source does not hold.
  return 'items' in page && page.items.length === 0 && (!page.hasMore || page.pending === true);
}

function unexpected(wrong: readonly [key: string, answer: unknown] | undefined): Outcome {
  if (wrong === undefined) return pass();
  const [key, answer] = wrong;
  if (answer instanceof Error) {
    return fail('There is an error for a key that does not exist.', { key, error: String(answer) });
  }
  return fail('There is an answer for a key that does not exist.', { key, answer });
}

async function check(ask: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Stopped) throw error;
    if (isUnrelatedFailure(error)) return skipped(String(error));
    return fail('The call fails because of a key that does not exist.', { error: String(error) });
  }
}
