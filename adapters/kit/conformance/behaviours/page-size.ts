import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, pass } from '../report.ts';

export const pageSize: Behaviour = {
  name: 'page-size',
  promise: 'A page has at most `first` items, up to maxPage.',
  async run(session) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const list = session.entity(entity)?.list;
      const [order] = list?.order ?? [];
      if (list === undefined || list === null || order === undefined) continue;
      let outcome = pass();
      for (const first of new Set([1, 2, 3, 10, list.maxPage].filter((size) => size <= list.maxPage))) {
        const page = await session.list(
          entity,
          { where: null, order, first, after: null },
          { fields: new Set(['id']) },
        );
        if (page.items.length <= first) continue;
        outcome = fail('A page has more items than were asked for.', { first, items: page.items.length });
        break;
      }
      parts.push([entity, outcome]);
    }
    return combine(parts);
  },
};
