import type { Status } from '../../model.ts';
import type { MaestroNode, Result } from '../nodes/node.ts';

const BUILD_STATUS: Readonly<Record<Result, Status | null>> = {
  pass: 'PASS',
  fail: 'FAIL',
  incomplete: 'ERROR',
  skip: null,
};

/** What an incomplete test's own code means; others, and none, leave its status open. */
const INCOMPLETE: Readonly<Record<string, Status>> = {
  Canceled: 'ERROR',
  Infrastructure: 'ERROR',
  LAVATimeout: 'ERROR',
  MultinodeTimeout: 'ERROR',
  Test: 'ERROR',
  Bug: 'MISS',
  Configuration: 'MISS',
  invalid_job_params: 'MISS',
  Job: 'MISS',
  job_generation_error: 'MISS',
  ObjectNotPersisted: 'MISS',
  RequestBodyTooLarge: 'MISS',
  submit_error: 'MISS',
  'Unexisting permission codename.': 'MISS',
  kbuild_internal_error: 'MISS',
};

export function buildStatus(result: Result | null, errorCode: string | null): Status | null {
  if (result === 'incomplete' && errorCode === 'node_timeout') return 'MISS';
  if (errorCode !== null) return 'ERROR';
  return result === null ? null : BUILD_STATUS[result];
}

/** @param above the nodes above the test up to its job, the nearest first */
export function testStatus({ result, errorCode }: MaestroNode, above: readonly MaestroNode[]): Status | null {
  if (result === null) return null;
  if (errorCode === 'Infrastructure') return 'ERROR';
  if (result === 'pass') return 'PASS';
  if (result === 'skip') return 'SKIP';
  if (errorCode === null) {
    const inherited = above.find((node) => node.errorCode !== null)?.errorCode;
    if (inherited === 'Infrastructure') return 'ERROR';
  }
  if (result === 'fail') return 'FAIL';
  return errorCode !== null && Object.hasOwn(INCOMPLETE, errorCode) ? (INCOMPLETE[errorCode] ?? null) : null;
}
