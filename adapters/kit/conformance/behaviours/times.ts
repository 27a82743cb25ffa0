import { ENTITY_NAMES } from '../../../contract/model.ts';
import { normaliseTime } from '../../../contract/time-and-url.ts';
import { type Behaviour, combine, fail, type Outcome, pass, skipped } from '../report.ts';

export const times: Behaviour = {
  name: 'times',
  promise:
    'The time by which an object is sorted is its startTime (issues and incidents: any), as text in the model’s form.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      if (!session.entity(entity)?.list) continue;
      const { items } = await data.sample(entity);
      let outcome = items.length === 0 ? skipped('There is nothing in the list.') : pass();
      for (const { object, time } of items) {
        const malformed = time !== null && normaliseTime(time) !== time;
        const other = 'startTime' in object && object.startTime !== time;
        const differs = data.known(entity).some((known) => isOther(known, object.id, time));
        if (!malformed && !other && !differs) continue;
        outcome = fail(
          malformed ? 'A time is not in the form of the model.' : 'An object is sorted by another time than its own.',
          { id: object.id, time, startTime: 'startTime' in object ? object.startTime : null },
        );
        break;
      }
      parts.push([entity, outcome]);
    }
    return combine(parts);
  },
};

function isOther(
  known: { readonly entity: string; readonly object: { readonly id: string }; readonly time?: string | null },
  id: string,
  time: string | null,
): boolean {
  return known.entity !== 'issue' && known.object.id === id && known.time !== undefined && known.time !== time;
}
