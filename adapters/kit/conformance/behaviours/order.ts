import type { Order, PageItem } from '../../../contract/adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { comparePlaces } from '../../../contract/positions.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { listing, walk } from '../sampler.ts';
import type { Session } from '../session.ts';
import type { AnyObject } from '../subject.ts';

export const order: Behaviour = {
  name: 'order',
  promise: 'Lists are sorted by time, then by tie; what has no time comes last, in NEWEST and in OLDEST.',
  async run(session) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const list = session.entity(entity)?.list;
      for (const wanted of list?.order ?? []) {
        parts.push([
          `${entity} ${wanted}`,
          await outcomeOf(() => check(session, entity, wanted, list?.paging === 'offset')),
        ]);
      }
    }
    return combine(parts);
  },
};

async function check(session: Session, entity: EntityName, wanted: Order, isOffset: boolean): Promise<Outcome> {
  const size = Math.min(session.entity(entity)?.list?.maxPage ?? 1, 100);
  const ask = listing(session, entity, { order: wanted });
  const { items } = await walk(ask, size, session.budget.sampleSize);
  return isOffset ? mostlySorted(items, wanted) : sorted(items, wanted);
}

function sorted(items: readonly PageItem<AnyObject>[], wanted: Order): Outcome {
  for (const [index, item] of items.entries()) {
    const before = items[index - 1];
    if (before === undefined || comparePlaces(wanted, before, item) <= 0) continue;
    const [one, other] = [before, item].map(({ time, tie }) => `${time} ${tie}`);
    return fail('An item stands behind one that it belongs before.', { index, before: one, item: other });
  }
  return items.length < 2 ? skipped('There are fewer than two items.') : pass();
}

/** Rows of an offset source may stand early or late, but not the wrong way round. */
function mostlySorted(items: readonly PageItem<AnyObject>[], wanted: Order): Outcome {
  let [right, wrong] = [0, 0];
  for (const [index, item] of items.entries()) {
    const before = items[index - 1];
    if (before === undefined || before.time === item.time) continue;
    if (comparePlaces(wanted, before, item) < 0) right += 1;
    else wrong += 1;
  }
  if (wrong > right) return fail('More items stand the wrong way round than the right way.', { right, wrong });
  return wrong === 0 ? pass() : skipped(`${wrong} of ${items.length} items stand early or late, as offset paging may.`);
}
