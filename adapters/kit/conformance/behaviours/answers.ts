import { type Behaviour, combine, fail, type Outcome, pass } from '../report.ts';

export const answers: Behaviour = {
  name: 'answers',
  promise: 'No call that is declared ends with nothing but errors.',
  async run(session, data) {
    // Without the other behaviours nothing was asked yet.
    await data.sampleAll();
    const parts = [...session.seen.tallies].map(([call, { given, errors, firstError }]): [string, Outcome] => [
      call,
      given > 0 || errors === 0 ? pass() : fail('It answers nothing but errors.', { errors, error: firstError }),
    ]);
    return combine(parts);
  },
};
