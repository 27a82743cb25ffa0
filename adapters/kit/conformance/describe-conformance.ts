import { BEHAVIOURS } from './behaviours.ts';
import { Budget } from './budget.ts';
import { judgeWith } from './check-conformance.ts';
import { makeReport, renderReport } from './report.ts';
import { Session } from './session.ts';
import type { ConformanceOptions, Subject } from './subject.ts';

/** What a test runner brings: vitest's, jest's and mocha's own functions all fit. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown;
  it(name: string, test: (context: { skip?: (why: string) => void }) => Promise<void>): unknown;
  beforeAll(prepare: () => Promise<void>): unknown;
}

/**
 * Makes one test of each behaviour; what cannot be judged is skipped where the runner can, else said on standard error.
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
  runner.describe(name, () => {
    let judge: ReturnType<typeof judgeWith>;
    runner.beforeAll(async () => {
      const made = await subject();
      const budget = new Budget(options, made.known !== undefined);
      judge = judgeWith(new Session(made, budget), budget);
    });
    for (const [index, behaviour] of chosen.entries()) {
      runner.it(`${behaviour.name}: ${behaviour.promise}`, async (context) => {
        const judged = await judge(behaviour, chosen.length - index);
        if (judged.verdict === 'fail') throw new Error(renderReport(makeReport([judged], 0, 0)));
        if (judged.verdict !== 'notJudged') return;
        if (context.skip === undefined) process.stderr.write(`${name}: ${judged.name} is not judged: ${judged.why}\n`);
        else context.skip(judged.why);
      });
    }
  });
}
