import { type Status, type Test, z } from 'kcigraph/adapter';
import { idOf } from './ids.ts';
import { timeOf } from './times.ts';

export const RESULT = z.object({
  id: z.int(),
  job: z.int(),
  suite: z.string(),
  case: z.string(),
  outcome: z.enum(['passed', 'failed', 'crashed', 'skipped', 'running']),
  started: z.number().nullable(),
  board: z.string().nullable(),
  score: z.number().nullable(),
});

/** A test that crashed says nothing of the kernel: that is an ERROR, and not a FAIL. */
const STATUS: Readonly<Record<z.output<typeof RESULT>['outcome'], Status | null>> = {
  passed: 'PASS',
  failed: 'FAIL',
  crashed: 'ERROR',
  skipped: 'SKIP',
  running: null,
};

export function toTest(result: z.output<typeof RESULT>): Test {
  return {
    id: idOf('test', result.id),
    origin: 'acme',
    timestamp: null,
    buildId: idOf('build', result.job),
    environment: result.board === null ? null : { comment: null, compatible: null, misc: { platform: result.board } },
    path: result.case === '' ? result.suite : `${result.suite}.${result.case}`,
    comment: null,
    logUrl: null,
    logExcerpt: null,
    status: STATUS[result.outcome],
    number: result.score === null ? null : { value: result.score, unit: null, prefix: null },
    startTime: timeOf(result.started),
    duration: null,
    inputFiles: null,
    outputFiles: null,
    misc: null,
  };
}
