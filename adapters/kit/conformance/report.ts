import type { Verdict } from './verdict.ts';

export type JudgedBehaviour = Verdict & { readonly name: string; readonly promise: string };

/** Plain data: what each behaviour was judged, and what that took. */
export interface Report {
  /** Nothing was found wrong; `notJudged` says how much could not be looked at. */
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly notJudged: number;
  /** Calls made to the adapter. */
  readonly calls: number;
  readonly ms: number;
  readonly behaviours: readonly JudgedBehaviour[];
}

export function makeReport(behaviours: readonly JudgedBehaviour[], calls: number, ms: number): Report {
  const count = (verdict: Verdict['verdict']) => behaviours.filter((judged) => judged.verdict === verdict).length;
  const [passed, failed, open] = [count('pass'), count('fail'), count('notJudged')];
  return { ok: failed === 0, passed, failed, notJudged: open, calls, ms, behaviours };
}

/** The report for a person: what is wrong first, then what could not be judged, then what is right. */
export function renderReport(report: Report): string {
  const width = Math.max(...report.behaviours.map(({ name }) => name.length)) + 2;
  const lines: string[] = [];
  for (const judged of report.behaviours) {
    if (judged.verdict !== 'fail') continue;
    lines.push(`WRONG       ${judged.name}: ${judged.promise}`, `            ${judged.reason}`);
    for (const [name, value] of Object.entries(judged.evidence)) lines.push(`              ${name}: ${String(value)}`);
  }
  for (const judged of report.behaviours) {
    if (judged.verdict === 'notJudged') lines.push(`not judged  ${judged.name.padEnd(width)}${judged.why}`);
  }
  for (const judged of report.behaviours) {
    if (judged.verdict !== 'pass') continue;
    lines.push(`right       ${judged.name.padEnd(width)}${judged.promise}`);
    if (judged.detail !== undefined) lines.push(`            ${' '.repeat(width)}(${judged.detail})`);
  }
  const seconds = (report.ms / 1000).toFixed(1);
  const sum = `${report.passed} right, ${report.failed} wrong, ${report.notJudged} not judged`;
  return `${[...lines, '', `${sum}; ${report.calls} calls in ${seconds} s.`].join('\n')}\n`;
}
