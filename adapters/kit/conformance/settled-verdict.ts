import { sourceCode } from './source-fault.ts';
import { Stopped } from './stopped.ts';
import { notJudged, type Verdict } from './verdict.ts';

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
