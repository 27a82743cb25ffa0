import { allFields, COSTLY_FIELDS } from '../../../contract/fields.ts';
import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { identityOf, keyOf, listing, type Sampler } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject } from '../subject.ts';
import { differingField } from './lookup-equals-list.ts';

export const fields: Behaviour = {
  name: 'fields',
  promise:
    'Excerpts, misc, conflicts and files come only where they are asked for; what is asked for is always the same.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      if (session.entity(entity)) parts.push([entity, await outcomeOf(() => check(session, data, entity))]);
    }
    return combine(parts);
  },
};

async function check(session: Session, data: Sampler, entity: EntityName): Promise<Outcome> {
  const { items, order } = await data.sample(entity);
  const some = withMost(items.map(({ object }) => object)).slice(0, 20);
  const whole = new Map(items.map(({ object }) => [identityOf(object), object]));
  if (some.length === 0) return skipped('No object is at hand.');
  const { get, list } = session.entity(entity) ?? {};
  const cheap = [...allFields(entity)].filter((name) => !COSTLY_FIELDS.has(name));
  const costly = [...allFields(entity)].filter((name) => COSTLY_FIELDS.has(name));
  const choices = [['id'], cheap, ...costly.map((name) => ['id', name])].map((names) => new Set(names));
  for (const asked of choices) {
    const answers: AnyObject[] = [];
    if (get) {
      const found = await session.get(
        entity,
        some.map((object) => keyOf(entity, object)),
        { fields: asked },
      );
      for (const value of found.values()) if ('object' in value) answers.push(value.object);
    }
    if (list && order !== null) {
      const page = await listing(session, entity, { order }, { fields: asked })(null, Math.min(list.maxPage, 20));
      answers.push(...page.items.map(({ object }) => object));
    }
    for (const answer of answers) {
      const identity = identityOf(answer);
      const unasked = costly.find((name) => !isAllowed(name, asked) && isGiven(answer, name));
      if (unasked !== undefined)
        return fail('A field came that nobody asked for.', { id: identity, field: unasked, asked: [...asked] });
      const full = whole.get(identity);
      const other = full && differingField(full, answer, new Set([...asked, 'id', 'origin']));
      if (full !== undefined && other)
        return fail('A field depends on what else is asked for.', { id: identity, field: other });
    }
  }
  const isTold = some.some((object) => costly.some((name) => isGiven(object, name)));
  return isTold ? pass() : skipped('No object at hand has any such field.');
}

/** Conflicts are told of values, so whoever asks for them may be given all but the excerpts. */
function isAllowed(field: string, asked: ReadonlySet<string>): boolean {
  return asked.has(field) || (asked.has('conflicts') && field !== 'logExcerpt');
}

/** Those with the most costly fields first: they can tell. */
function withMost(objects: readonly AnyObject[]): readonly AnyObject[] {
  const given = (object: AnyObject) => [...COSTLY_FIELDS].filter((name) => isGiven(object, name)).length;
  return objects.toSorted((one, other) => given(other) - given(one));
}

function isGiven(object: AnyObject, field: string): boolean {
  const value: unknown = Reflect.get(object, field);
  return (
    value !== null && value !== undefined && !(field === 'conflicts' && Array.isArray(value) && value.length === 0)
  );
}
