import { filterValue } from '../../../contract/filter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { FilterReference, filterVariants } from '../filter-reference.ts';
import { type Behaviour, combine, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import type { Sampler } from '../sampler.ts';
import { placeOf, type Session } from '../session.ts';
import { filterOf } from './filters.ts';

const PAIRS = 24;

export const combinedFilters: Behaviour = {
  name: 'combined-filters',
  promise: 'Several filters at once must all fit, in either order and on later pages too.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      if (!session.entity(entity)?.list) continue;
      parts.push([entity, await outcomeOf(() => checkEntity(session, data, entity))]);
    }
    return combine(parts);
  },
};

async function checkEntity(session: Session, data: Sampler, entity: EntityName): Promise<Outcome> {
  const capability = session.entity(entity);
  const fields = Object.entries(capability?.list?.filters ?? {});
  const { items, complete, order: sampled } = await data.sample(entity);
  if (fields.length < 2) return skipped('Fewer than two filters are declared.');
  if (items.length === 0) return skipped('There is nothing in the list.');
  const reference = new FilterReference(session, data, entity);
  await reference.load(items);
  const orders = capability?.list?.order ?? [];
  let outcome: Outcome = skipped('The calls did not reach so far.');
  for (let pair = 0; pair < PAIRS && session.budget.left > 4; pair++) {
    // Values of one object, so that there is something to find.
    const object = items[(pair * 7) % items.length]?.object ?? items[0]?.object;
    const chosen = [
      fields[pair % fields.length],
      fields[(pair * 3 + 1 + Math.floor(pair / fields.length)) % fields.length],
    ];
    const pieces = chosen.flatMap((field) => {
      if (field === undefined || object === undefined) return [];
      const [name, operators = []] = field;
      const value = filterValue<EntityName>(entity, name, object, reference.ancestryOf(object));
      const [piece] = filterVariants(name, operators, [value]);
      return piece === undefined ? [] : [[name, piece] as const];
    });
    const where = filterOf(Object.fromEntries(pieces));
    const order = orders[pair % orders.length] ?? 'NEWEST';
    const page = await session.list(entity, { where, order, first: 3, after: null });
    const last = page.items.at(-1);
    const more = { where, order, first: Math.min(capability?.list?.maxPage ?? 1, 100) };
    const goesOn = page.hasMore && last !== undefined;
    const rest = goesOn ? await session.list(entity, { ...more, after: placeOf(last) }) : null;
    const whole = rest === null ? page : { ...rest, items: [...page.items, ...rest.items] };
    // Without the sample's order only the end of the list tells whether something is missing.
    const checked = await reference.check(where, whole, order === sampled || !whole.hasMore ? items : [], complete);
    if (checked.outcome === 'fail') return checked;
    if (checked.outcome === 'pass') outcome = pass();
  }
  return outcome;
}
