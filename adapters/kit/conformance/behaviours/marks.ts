import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, pass, skipped } from '../report.ts';

const MAX_BYTES = 100;

export const marks: Behaviour = {
  name: 'marks',
  promise: 'Items of an offset source carry a mark of at most 100 bytes; others carry none.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const list = session.entity(entity)?.list;
      if (list === undefined || list === null) continue;
      const { items } = await data.sample(entity);
      const bad = items.find(({ mark }) =>
        list.paging === 'offset' ? typeof mark !== 'string' || Buffer.byteLength(mark) > MAX_BYTES : mark !== undefined,
      );
      const evidence = { paging: list.paging, tie: bad?.tie ?? null, mark: bad?.mark ?? null };
      if (bad !== undefined)
        parts.push([entity, fail('An item carries a mark that it must not carry, or none.', evidence)]);
      else parts.push([entity, items.length === 0 ? skipped('There is nothing in the list.') : pass()]);
    }
    return combine(parts);
  },
};
