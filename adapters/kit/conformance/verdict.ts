import type { Json, JsonObject } from '../../model.ts';

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

/** A value as evidence: text and numbers as they are, the rest as JSON, all cut short. */
export function shown(value: unknown): Json {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const safe = text.toWellFormed();
  return safe.length > 300 ? `${safe.slice(0, 300)}…` : safe;
}
