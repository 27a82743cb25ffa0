import type { JsonObject } from '../../contract/model.ts';
import type { Sampler } from './sampler.ts';
import { type Observations, refusedRecords, type Session, Stopped, sourceCode } from './session.ts';
import { shown } from './validate-answer.ts';

/** What a check found. `evidence` is small and plain data: which call, what came, what should have come. */
export type Outcome =
  | { readonly outcome: 'pass'; readonly detail?: string }
  | { readonly outcome: 'fail'; readonly reason: string; readonly evidence: JsonObject }
  | { readonly outcome: 'skipped'; readonly why: string };

export function pass(detail?: string): Outcome {
  return detail === undefined ? { outcome: 'pass' } : { outcome: 'pass', detail };
}

export function fail(reason: string, evidence: Readonly<Record<string, unknown>> = {}): Outcome {
  const cut = Object.entries(evidence).map(([name, value]) => [name, shown(value)] as const);
  return { outcome: 'fail', reason, evidence: Object.fromEntries(cut) };
}

export function skipped(why: string): Outcome {
  return { outcome: 'skipped', why };
}

/**
 * One outcome of many: it fails where one part fails, and is skipped where all parts are. The parts are named in the
 * order given.
 */
export function combine(parts: readonly (readonly [name: string, outcome: Outcome])[]): Outcome {
  const failed = parts.flatMap(([name, outcome]) => (outcome.outcome === 'fail' ? [{ name, ...outcome }] : []));
  const [first, ...others] = failed;
  if (first !== undefined) {
    const also: JsonObject = others.length === 0 ? {} : { also: others.map(({ name }) => name).join(', ') };
    return { outcome: 'fail', reason: `${first.name}: ${first.reason}`, evidence: { ...first.evidence, ...also } };
  }
  const open = parts.flatMap(([name, outcome]) => (outcome.outcome === 'skipped' ? [{ name, why: outcome.why }] : []));
  if (open.length === parts.length) return skipped(open.length === 0 ? 'Nothing of it is declared.' : reasons(open));
  return pass(open.length === 0 ? undefined : `Skipped: ${reasons(open)}`);
}

const NAMES_SHOWN = 4;

/** Each reason once, with the parts that it holds for. */
function reasons(parts: readonly { readonly name: string; readonly why: string }[]): string {
  const byReason = Map.groupBy(parts, ({ why }) => why);
  return [...byReason]
    .map(([why, having]) => {
      const names = having.map(({ name }) => name);
      const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
      return `${names.slice(0, NAMES_SHOWN).join(', ')}${more}: ${why}`;
    })
    .join(' ');
}

/** The outcome of a check, also where an error cut it short: other behaviours report such errors. */
export async function outcomeOf(check: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof Stopped) return skipped(error.message);
    const code = sourceCode(error);
    if (code !== null) return skipped(`A call failed with ${code}: ${String(error)}`);
    return skipped(`A call failed with what is no SourceError: ${String(error)}`);
  }
}

/** One thing that every adapter does, and how to check it. */
export interface Behaviour {
  /** Short and stable: what `only` takes and reports name. */
  readonly name: string;
  /** What holds where it passes, as a sentence. */
  readonly promise: string;
  run(session: Session, data: Sampler): Promise<Outcome>;
}

export type BehaviourResult = Outcome & { readonly name: string; readonly promise: string };

/** Plain data: the outcome of each behaviour, and what the check took. */
export interface Report {
  /** Nothing failed; `skipped` says how many behaviours could not be checked. */
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** How many records the adapter refused, and why the first of them; null where it refused none. */
  readonly refused: string | null;
  /** The calls that gave pages of an index that is still filling: check again when it is full. */
  readonly pending: readonly string[];
  /** Calls made to the adapter. */
  readonly calls: number;
  readonly ms: number;
  readonly behaviours: readonly BehaviourResult[];
}

export function makeReport(behaviours: readonly BehaviourResult[], seen: Observations, ms: number): Report {
  const count = (outcome: Outcome['outcome']) => behaviours.filter((result) => result.outcome === outcome).length;
  const [passed, failed, open] = [count('pass'), count('fail'), count('skipped')];
  const found = { refused: refusedSentence(seen), pending: [...seen.pending.keys()] };
  return { ok: failed === 0, passed, failed, skipped: open, ...found, calls: seen.calls, ms, behaviours };
}

/** How many records were refused, with the first reason; null where none was. */
export function refusedSentence(seen: Observations): string | null {
  const refused = refusedRecords(seen);
  const [first] = refused;
  if (first === undefined) return null;
  return `${refused.length.toLocaleString('en-US')} ${refused.length === 1 ? 'record' : 'records'} refused: ${first}`;
}

/** The report as text: what failed first, then what was skipped and why, then what passed. */
export function renderReport(report: Report): string {
  const width = Math.max(...report.behaviours.map(({ name }) => name.length)) + 2;
  const lines: string[] = [];
  for (const result of report.behaviours) {
    if (result.outcome !== 'fail') continue;
    lines.push(`FAILED   ${result.name}: ${result.promise}`, `         ${result.reason}`);
    for (const [name, value] of Object.entries(result.evidence)) lines.push(`           ${name}: ${String(value)}`);
  }
  for (const result of report.behaviours) {
    if (result.outcome === 'skipped') lines.push(`skipped  ${result.name.padEnd(width)}${result.why}`);
  }
  for (const result of report.behaviours) {
    if (result.outcome !== 'pass') continue;
    lines.push(`passed   ${result.name.padEnd(width)}${result.promise}`);
    if (result.detail !== undefined) lines.push(`         ${' '.repeat(width)}(${result.detail})`);
  }
  if (report.refused !== null) lines.push('', report.refused);
  if (report.pending.length > 0) {
    lines.push(
      '',
      `The index of the source is still filling (${report.pending.join(', ')}): check again when it is full.`,
    );
  }
  const seconds = (report.ms / 1000).toFixed(1);
  const sum = `${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped`;
  return `${[...lines, '', `${sum}; ${report.calls} calls in ${seconds} s.`].join('\n')}\n`;
}
