import type { JsonObject } from '../../model.ts';
import type { Sampler } from './sampler.ts';
import { type Session, Stopped, sourceCode } from './session.ts';
import { shown } from './validate-answer.ts';

/** What a check found. `evidence` is small and plain data: which call, what came, what should have come. */
export type Verdict =
  | { readonly verdict: 'pass'; readonly detail?: string }
  | { readonly verdict: 'fail'; readonly reason: string; readonly evidence: JsonObject }
  | { readonly verdict: 'notJudged'; readonly why: string };

export function pass(detail?: string): Verdict {
  return detail === undefined ? { verdict: 'pass' } : { verdict: 'pass', detail };
}

export function fail(reason: string, evidence: Readonly<Record<string, unknown>> = {}): Verdict {
  const cut = Object.entries(evidence).map(([name, value]) => [name, shown(value)] as const);
  return { verdict: 'fail', reason, evidence: Object.fromEntries(cut) };
}

export function notJudged(why: string): Verdict {
  return { verdict: 'notJudged', why };
}

/**
 * One verdict of many: a fault of one is a fault of all, and what could not be judged anywhere was not judged. The parts
 * are named in the order given.
 */
export function combine(parts: readonly (readonly [name: string, verdict: Verdict])[]): Verdict {
  const failed = parts.flatMap(([name, verdict]) => (verdict.verdict === 'fail' ? [{ name, ...verdict }] : []));
  const [first, ...others] = failed;
  if (first !== undefined) {
    const also: JsonObject = others.length === 0 ? {} : { also: others.map(({ name }) => name).join(', ') };
    return { verdict: 'fail', reason: `${first.name}: ${first.reason}`, evidence: { ...first.evidence, ...also } };
  }
  const open = parts.flatMap(([name, verdict]) => (verdict.verdict === 'notJudged' ? [`${name}: ${verdict.why}`] : []));
  if (open.length === parts.length) return notJudged(open.length === 0 ? 'Nothing of it is declared.' : brief(open));
  return pass(open.length === 0 ? undefined : `Not judged: ${brief(open)}`);
}

function brief(sentences: readonly string[]): string {
  const [first = '', ...others] = sentences;
  return others.length === 0 ? first : `${first} (and ${others.length} more alike)`;
}

/** A verdict also where judging was cut short: what was thrown on the way is for other behaviours to tell. */
export async function settledVerdict(judge: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await judge();
  } catch (error) {
    if (error instanceof Stopped) return notJudged(error.message);
    const code = sourceCode(error);
    if (code !== null) return notJudged(`A call failed with ${code}: ${String(error)}`);
    return notJudged(`A call failed with what is no SourceError: ${String(error)}`);
  }
}

/** One thing that every adapter does, and how it is judged. */
export interface Behaviour {
  /** Short and stable: what `only` takes and reports name. */
  readonly name: string;
  /** What holds where it passes, as a sentence. */
  readonly promise: string;
  run(session: Session, data: Sampler): Promise<Verdict>;
}

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
