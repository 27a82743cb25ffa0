import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { keyOf, type Sampler } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject } from '../subject.ts';
import { sameJson } from '../validate-answer.ts';

export const lookupEqualsList: Behaviour = {
  name: 'lookup-equals-list',
  promise: 'get gives the same object and the same time as list does.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const { get, list } = session.entity(entity) ?? {};
      if (!get || !list) continue;
      parts.push([entity, await outcomeOf(() => check(session, data, entity, get.maxKeys))]);
    }
    return combine(parts);
  },
};

async function check(session: Session, data: Sampler, entity: EntityName, maxKeys: number): Promise<Outcome> {
  const { items } = await data.sample(entity);
  if (items.length === 0) return skipped('There is nothing in the list.');
  // Where each key is a request of its own, a few tell enough.
  const some = session.subject.known === undefined && maxKeys < 20 ? items.slice(0, 10) : items;
  const found = await session.get(
    entity,
    some.map(({ object }) => keyOf(entity, object)),
  );
  for (const { object, time } of some) {
    const key = keyOf(entity, object);
    const value = found.get(key);
    if (value === undefined) return fail('What list shows, get does not find.', { key });
    if (value instanceof Error) return skipped(`get fails for "${key}": ${value.message}`);
    if (value.time !== time) return fail('The times differ.', { key, list: time, get: value.time });
    const field = differingField(object, value.object);
    if (field !== null) return fail('The objects differ.', { key, field, list: object, get: value.object });
  }
  return pass();
}

/** The name of a field that two copies differ in; null where they are equal. */
export function differingField(one: AnyObject, other: AnyObject, fields?: ReadonlySet<string>): string | null {
  const [left, right]: Readonly<Record<string, unknown>>[] = [{ ...one }, { ...other }];
  const names = fields ?? new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const name of names) if (!sameJson(left?.[name] ?? null, right?.[name] ?? null)) return name;
  return null;
}
