import { type Filter, filterValue } from '../../../filter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../model.ts';
import { FilterJudge, filterVariants } from '../filter-reference.ts';
import { type Behaviour, combine, notJudged, settledVerdict, type Verdict } from '../report.ts';
import type { Sampler } from '../sampler.ts';
import type { Session } from '../session.ts';

export const filters: Behaviour = {
  name: 'filters',
  promise: 'A filter that is declared as pushed down gives what the reference evaluator gives, operator by operator.',
  async run(session, data) {
    const trials: Trial[] = [];
    for (const entity of ENTITY_NAMES) trials.push(...(await trialsOf(session, data, entity)));
    const verdicts = new Map<string, Verdict>(
      trials.map(({ name }) => [name, notJudged('The calls did not reach so far.')]),
    );
    // Round by round, so that a small budget judges every field a little rather than a few well.
    for (let round = 0; trials.some(({ variants }) => round < variants.length); round++) {
      for (const { name, variants } of trials) {
        const variant = variants[round];
        const before = verdicts.get(name);
        if (variant === undefined || before?.verdict === 'fail') continue;
        if (session.budget.left < 3) return combine([...verdicts]);
        const verdict = await settledVerdict(variant);
        if (verdict.verdict !== 'notJudged' || before?.verdict !== 'pass') verdicts.set(name, verdict);
      }
    }
    return combine([...verdicts]);
  },
};

interface Trial {
  readonly name: string;
  readonly variants: readonly (() => Promise<Verdict>)[];
}

async function trialsOf(session: Session, data: Sampler, entity: EntityName): Promise<readonly Trial[]> {
  const list = session.entity(entity)?.list;
  if (list === undefined) return [];
  const { items, complete, order } = await data.sample(entity);
  if (order === null || items.length === 0) return [];
  const judge = new FilterJudge(session, data, entity);
  await judge.load(items);
  return Object.entries(list.filters).map(([field, operators = []]) => {
    const values = items.map(({ object }) => filterValue<EntityName>(entity, field, object, judge.ancestryOf(object)));
    const wheres = filterVariants(field, operators, values).map((piece) => filterOf({ [field]: piece }));
    const variants = wheres.map((where) => async () => {
      const first = Math.min(list.maxPage, 100);
      const page = await session.list(entity, { where, order, first, after: null });
      return judge.judge(where, page, items, complete);
    });
    return { name: `${entity}.${field}`, variants };
  });
}

/** A filter put together from the names and operators that FILTER_FIELDS lists. */
export function filterOf(pieces: Readonly<Record<string, object>>): Filter<EntityName> {
  return pieces as Filter<EntityName>;
}
