import { type Filter, filterValue } from '../../../contract/filter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { FilterReference, filterVariants } from '../filter-reference.ts';
import { type Behaviour, combine, type Outcome, outcomeOf, skipped } from '../report.ts';
import type { Sampler } from '../sampler.ts';
import type { Session } from '../session.ts';

export const filters: Behaviour = {
  name: 'filters',
  promise: 'A filter that is declared as pushed down gives what the reference evaluator gives, operator by operator.',
  async run(session, data) {
    const trials: Trial[] = [];
    for (const entity of ENTITY_NAMES) trials.push(...(await trialsOf(session, data, entity)));
    const outcomes = new Map<string, Outcome>(
      trials.map(({ name }) => [name, skipped('The calls did not reach so far.')]),
    );
    // Round by round, so that a small budget checks every field a little rather than a few well.
    for (let round = 0; trials.some(({ variants }) => round < variants.length); round++) {
      for (const { name, variants } of trials) {
        const variant = variants[round];
        const before = outcomes.get(name);
        if (variant === undefined || before?.outcome === 'fail') continue;
        if (session.budget.left < 3) return combine([...outcomes]);
        const outcome = await outcomeOf(variant);
        if (outcome.outcome !== 'skipped' || before?.outcome !== 'pass') outcomes.set(name, outcome);
      }
    }
    return combine([...outcomes]);
  },
};

interface Trial {
  readonly name: string;
  readonly variants: readonly (() => Promise<Outcome>)[];
}

async function trialsOf(session: Session, data: Sampler, entity: EntityName): Promise<readonly Trial[]> {
  const list = session.entity(entity)?.list;
  if (list === undefined) return [];
  const { items, complete, order } = await data.sample(entity);
  if (order === null || items.length === 0) return [];
  const reference = new FilterReference(session, data, entity);
  await reference.load(items);
  return Object.entries(list.filters).map(([field, operators = []]) => {
    const values = items.map(({ object }) =>
      filterValue<EntityName>(entity, field, object, reference.ancestryOf(object)),
    );
    const wheres = filterVariants(field, operators, values).map((piece) => filterOf({ [field]: piece }));
    const variants = wheres.map((where) => async () => {
      const first = Math.min(list.maxPage, 100);
      const page = await session.list(entity, { where, order, first, after: null });
      return reference.check(where, page, items, complete);
    });
    return { name: `${entity}.${field}`, variants };
  });
}

/** A filter put together from the names and operators that FILTER_FIELDS lists. */
export function filterOf(pieces: Readonly<Record<string, object>>): Filter<EntityName> {
  return pieces as Filter<EntityName>;
}
