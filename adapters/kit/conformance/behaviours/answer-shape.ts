import { type Behaviour, fail, pass } from '../report.ts';

export const answerShape: Behaviour = {
  name: 'answer-shape',
  promise: 'Every call ended in time, and every answer had the form that the contract gives it.',
  async run(session) {
    // Judged last: it tells of all calls that the others made.
    const [first, ...others] = [...new Set(session.seen.misshapen)];
    return first === undefined
      ? pass()
      : fail(first, others.length === 0 ? {} : { also: others.slice(0, 5).join(' ') });
  },
};
