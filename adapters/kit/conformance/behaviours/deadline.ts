import { ENTITY_NAMES } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, pass, skipped } from '../report.ts';
import { Stopped, sourceCode } from '../session.ts';

const PROMPT_MS = 3000;

export const deadline: Behaviour = {
  name: 'deadline',
  promise: 'A call whose deadline has passed ends soon: with an answer, or with SOURCE_TIMEOUT.',
  async run(session) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const list = session.entity(entity)?.list;
      const [order] = list?.order ?? [];
      if (order === undefined) continue;
      const start = performance.now();
      let outcome = pass();
      try {
        const query = { where: null, order, first: 1, after: null };
        await session.list(entity, query, { deadline: Date.now() - 1, fields: new Set(['id']) });
      } catch (error) {
        if (error instanceof Stopped) throw error;
        const code = sourceCode(error);
        if (code === 'SOURCE_UNAVAILABLE' || code === 'SOURCE_RATE_LIMITED') outcome = skipped(String(error));
        else if (code !== 'SOURCE_TIMEOUT') outcome = fail('It ends with another error.', { error: String(error) });
      }
      const ms = Math.round(performance.now() - start);
      parts.push([entity, ms > PROMPT_MS ? fail('It goes on long after its deadline.', { ms }) : outcome]);
    }
    return combine(parts);
  },
};
