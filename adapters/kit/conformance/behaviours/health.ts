import { type Behaviour, fail, pass, skipped } from '../report.ts';
import { makeCall } from '../session.ts';

const CHEAP_MS = 5000;

export const health: Behaviour = {
  name: 'health',
  promise: 'health answers soon, with one sentence where something is wrong.',
  async run(session) {
    const start = performance.now();
    const call = makeCall('test', {}, session.budget.callMs, () => {});
    try {
      const { ok, detail } = await session.adapter.health(call);
      const ms = Math.round(performance.now() - start);
      if (typeof ok !== 'boolean') return fail('`ok` is neither true nor false.', { ok });
      if (!ok && !detail) return fail('Something is wrong and it does not say what.');
      if (ms > CHEAP_MS) return fail('It takes long.', { ms });
      return ok ? pass() : skipped(`The source is not well: ${detail}`);
    } catch (error) {
      return fail('It throws instead of saying what is wrong.', { error: String(error) });
    }
  },
};
