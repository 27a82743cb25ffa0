import type { CommitQuery, FailedTestFragment } from './generated/operations.ts';

/** An entry of an answer's `errors`. */
export interface Failure {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export function describeCommit(hash: string, revision: CommitQuery['revision']): string {
  if (revision === null) return `${hash}: nobody who answered knows this commit.`;
  const { gitCommitName, gitCommitHash, sources, statusCounts } = revision;
  const name = `${gitCommitName ?? gitCommitHash} (from ${sources.join(', ')})`;
  // Null where the sources' copies are too many to be counted exactly.
  if (statusCounts === null) return `${name}: not counted.`;
  const { status, fail, none, total } = statusCounts;
  return `${name}: ${status ?? 'no status yet'}; ${fail} of ${total} tests failed, ${none} have not ended.`;
}

export function describeFailedTest({ path, origin, environment, incidents }: FailedTestFragment): string {
  const issues = incidents.nodes.flatMap(({ issue }) => issue?.reportSubject ?? []);
  const known = issues.length === 0 ? 'no known issue' : issues.join('; ');
  return `FAIL ${path ?? '(no path)'} at ${origin}, ${environment?.comment ?? 'unknown hardware'}: ${known}`;
}

/** A source that did not answer is named; anything else is a fault of the request, or of the gateway. */
export function describeFailure({ message, extensions = {} }: Failure): string {
  const { code, source } = extensions;
  return typeof source === 'string' ? `No answer from ${source}: ${code}` : `${code}: ${message}`;
}
