/**
 * The conformance suite: hand it an adapter, and what the source is known to hold, and it says by behaviour whether the
 * adapter keeps the contract of `adapter.ts`. It belongs to no test framework; `describeConformance` binds it to one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { BEHAVIOURS } from './behaviours.ts';
import {
  type Behaviour,
  type BehaviourResult,
  makeReport,
  outcomeOf,
  type Report,
  refusedSentence,
  renderReport,
  skipped,
} from './report.ts';
import { Sampler } from './sampler.ts';
import { Budget, Session, suiteLimitMs } from './session.ts';
import type { ConformanceOptions, Subject } from './subject.ts';

const POLL_MS = 2000;

/**
 * Holds an adapter against the contract, behaviour by behaviour. Never throws because of what the adapter does.
 *
 * On a source whose data is not known a fault counts only where it shows twice, since data moves while it is looked at.
 */
export async function checkConformance(subject: Subject, options: ConformanceOptions = {}): Promise<Report> {
  for (;;) {
    const session = new Session(subject, new Budget(options, subject.known !== undefined));
    const report = await checkOnce(session, options);
    if (options.wait !== true || report.pending.length === 0) return report;
    options.onWait?.(report.pending);
    do await delay(options.pollMs ?? POLL_MS);
    while (await session.isFilling());
  }
}

async function checkOnce(session: Session, options: ConformanceOptions): Promise<Report> {
  const start = performance.now();
  const check = behaviourChecker(session, session.budget);
  const chosen = BEHAVIOURS.filter(({ name }) => options.only?.includes(name) ?? true);
  const results: BehaviourResult[] = [];
  for (const [index, behaviour] of chosen.entries()) {
    options.onProgress?.(behaviour.name, index, chosen.length);
    results.push(await check(behaviour, chosen.length - index));
  }
  return makeReport(results, session.seen, Math.round(performance.now() - start));
}

/** Checks one behaviour after the other over one session, so that what was sampled once serves all. */
function behaviourChecker(session: Session, budget: Budget) {
  let data = new Sampler(session);
  return async (behaviour: Behaviour, behavioursLeft: number): Promise<BehaviourResult> => {
    budget.open(behavioursLeft);
    let outcome = await outcomeOf(() => behaviour.run(session, data));
    if (outcome.outcome === 'fail' && session.subject.known === undefined && budget.left > 0) {
      data = new Sampler(session);
      const again = await outcomeOf(() => behaviour.run(session, data));
      if (again.outcome === 'pass') outcome = skipped(`It failed once and then not again: ${outcome.reason}`);
    }
    return { ...outcome, name: behaviour.name, promise: behaviour.promise };
  };
}

/** What a test runner brings: vitest's, jest's and mocha's own functions all fit. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown;
  it(name: string, test: (context: { skip?: (why: string) => void }) => Promise<void>, timeoutMs?: number): unknown;
  beforeAll(prepare: () => Promise<void>, timeoutMs?: number): unknown;
}

/**
 * Makes one test of each behaviour; what cannot be checked is skipped where the runner can, else said on standard error.
 *
 * @param subject makes the subject, adapter started, before the first test
 */
export function describeConformance(
  runner: TestRunner,
  name: string,
  subject: () => Promise<Subject>,
  options: ConformanceOptions = {},
): void {
  const chosen = BEHAVIOURS.filter((behaviour) => options.only?.includes(behaviour.name) ?? true);
  // The suite ends each behaviour itself, with the reason; the runner's own limit of a few seconds would only cut it off.
  const timeoutMs = suiteLimitMs(options);
  runner.describe(name, () => {
    let check: ReturnType<typeof behaviourChecker>;
    let session: Session;
    runner.beforeAll(async () => {
      const made = await subject();
      const budget = new Budget(options, made.known !== undefined);
      session = new Session(made, budget);
      check = behaviourChecker(session, budget);
    }, timeoutMs);
    for (const [index, behaviour] of chosen.entries()) {
      runner.it(
        `${behaviour.name}: ${behaviour.promise}`,
        async (context) => {
          const result = await check(behaviour, chosen.length - index);
          if (result.outcome === 'fail') throw new Error(renderReport(makeReport([result], session.seen, 0)));
          const detail =
            result.outcome === 'pass' && index === chosen.length - 1 ? refusedSentence(session.seen) : null;
          if (detail !== null) process.stderr.write(`${name}: ${detail}\n`);
          if (result.outcome !== 'skipped') return;
          if (context.skip === undefined) process.stderr.write(`${name}: ${result.name} is skipped: ${result.why}\n`);
          else context.skip(result.why);
        },
        timeoutMs,
      );
    }
  });
}

export { BEHAVIOURS } from './behaviours.ts';
export { type Behaviour, type BehaviourResult, type Outcome, type Report, renderReport } from './report.ts';
export {
  type ConformanceOptions,
  type KnownObject,
  meterUpstream,
  type OpenSubject,
  openSubject,
  type Subject,
  type UpstreamMeter,
} from './subject.ts';
