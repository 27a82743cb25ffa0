import type { Bug } from './client/read-bug.ts';

/** `unknown` for a status text that none of them fits. */
export type BugState = 'open' | 'fix-pending' | 'fixed' | 'invalid' | 'dup' | 'unknown';

const CLOSED: readonly (readonly [RegExp, BugState])[] = [
  [/^fixed on\b/, 'fixed'],
  [/^(?:auto-)?closed as invalid\b/, 'invalid'],
  [/^(?:auto-)?obsoleted\b/, 'invalid'],
  [/^closed as dup\b/, 'dup'],
];
const OPEN =
  /^(?:no crashes yet|no reporting left|\?\?\?)$|^[^:]+: (?:reported\b|waiting for\b|initial reporting delay|no report\b|no crashes!|out of quota\b|ready to report\b|reporting suspended|reporting has daily limit\b)/;

/** What became of a bug, by the text of its status and by whether it has a fix. */
export function stateOf({ status, fixCommits }: Pick<Bug, 'status' | 'fixCommits'>): BugState {
  const text = status ?? '';
  const closed = CLOSED.find(([pattern]) => pattern.test(text));
  if (closed !== undefined) return closed[1];
  if (!OPEN.test(text)) return 'unknown';
  return fixCommits.length > 0 ? 'fix-pending' : 'open';
}
