import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { identityOf, keyOf, type Sampler } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject, KnownObject } from '../subject.ts';
import { differingField } from './lookup-equals-list.ts';

export const knownData: Behaviour = {
  name: 'known-data',
  promise: 'Every known object is found, with its fields, and no other is listed.',
  async run(session, data) {
    if (session.subject.known === undefined) return skipped('No known data was handed over.');
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      if (session.entity(entity)) parts.push([entity, await outcomeOf(() => check(session, data, entity))]);
    }
    return combine(parts);
  },
};

async function check(session: Session, data: Sampler, entity: EntityName): Promise<Outcome> {
  const known = data.known(entity);
  const { items } = await data.sample(entity, true);
  const listed = new Map(items.map(({ object }) => [identityOf(object), object]));
  const lookups = session.entity(entity)?.get
    ? await session.get(
        entity,
        known.map(({ object }) => keyOf(entity, object)),
      )
    : new Map<string, never>();
  for (const one of known) {
    const found = lookups.get(keyOf(entity, one.object));
    const copy = found !== undefined && 'object' in found ? found.object : listed.get(identityOf(one.object));
    const key = keyOf(entity, one.object);
    if (found instanceof Error) return fail('There is an error for a known object.', { key, error: String(found) });
    if (copy === undefined && session.seen.pending.size > 0)
      return skipped('The index of the source is still filling.');
    if (copy === undefined) return fail('A known object is not there.', { key });
    const field = wrongField(one, copy);
    if (field !== null) return fail('A known object is another.', { field, known: one.object, got: copy });
  }
  const identities = new Set(known.map(({ object }) => identityOf(object)));
  const unknown = items.find(({ object }) => !identities.has(identityOf(object)));
  if (unknown !== undefined) return fail('An object is listed that is not among the known.', { id: unknown.object.id });
  return known.length === 0 ? skipped('None is known.') : pass();
}

function wrongField({ object }: KnownObject, copy: AnyObject): string | null {
  const open = new Set([
    ...(object.timestamp === null ? ['timestamp'] : []),
    ...(object.conflicts ? [] : ['conflicts']),
  ]);
  const fields = Object.keys(object).filter((name) => !open.has(name));
  return differingField(object, copy, new Set(fields));
}
