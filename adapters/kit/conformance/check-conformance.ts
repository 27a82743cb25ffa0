import type { Behaviour } from './behaviour.ts';
import { BEHAVIOURS } from './behaviours.ts';
import { Budget } from './budget.ts';
import { type JudgedBehaviour, makeReport, type Report } from './report.ts';
import { Sampler } from './sampler.ts';
import { Session } from './session.ts';
import { settledVerdict } from './settled-verdict.ts';
import type { ConformanceOptions, Subject } from './subject.ts';
import { notJudged } from './verdict.ts';

/**
 * Holds an adapter against the contract, behaviour by behaviour. Never throws because of what the adapter does.
 *
 * On a source whose data is not known a fault counts only where it shows twice, since data moves while it is looked at.
 */
export async function checkConformance(subject: Subject, options: ConformanceOptions = {}): Promise<Report> {
  const start = performance.now();
  const budget = new Budget(options, subject.known !== undefined);
  const session = new Session(subject, budget);
  const judge = judgeWith(session, budget);
  const chosen = BEHAVIOURS.filter(({ name }) => options.only?.includes(name) ?? true);
  const judged: JudgedBehaviour[] = [];
  for (const [index, behaviour] of chosen.entries()) {
    options.onProgress?.(behaviour.name, index, chosen.length);
    judged.push(await judge(behaviour, chosen.length - index));
  }
  return makeReport(judged, session.seen.calls, Math.round(performance.now() - start));
}

/** Judges one behaviour after the other over one session, so that what was sampled once serves all. */
export function judgeWith(session: Session, budget: Budget) {
  let data = new Sampler(session);
  return async (behaviour: Behaviour, behavioursLeft: number): Promise<JudgedBehaviour> => {
    budget.open(behavioursLeft);
    let verdict = await settledVerdict(() => behaviour.run(session, data));
    if (verdict.verdict === 'fail' && session.subject.known === undefined && budget.left > 0) {
      data = new Sampler(session);
      const again = await settledVerdict(() => behaviour.run(session, data));
      if (again.verdict === 'pass') verdict = notJudged(`It failed once and then not again: ${verdict.reason}`);
    }
    return { ...verdict, name: behaviour.name, promise: behaviour.promise };
  };
}
