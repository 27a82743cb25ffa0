import { type Build, type Status, z } from 'kcigraph/adapter';
import { idOf } from './ids.ts';
import { timeOf } from './times.ts';

export const JOB = z.object({
  id: z.int(),
  run: z.int(),
  arch: z.string(),
  toolchain: z.string(),
  state: z.enum(['queued', 'running', 'ok', 'broken']),
  started: z.number().nullable(),
  took_ms: z.number().nullable(),
  artifacts: z.record(z.string(), z.string()),
});

/** What is queued or running has no status yet. */
const STATUS: Readonly<Record<z.output<typeof JOB>['state'], Status | null>> = {
  queued: null,
  running: null,
  ok: 'PASS',
  broken: 'FAIL',
};

export function toBuild(job: z.output<typeof JOB>): Build {
  return {
    id: idOf('build', job.id),
    origin: 'acme',
    timestamp: null,
    checkoutId: idOf('checkout', job.run),
    comment: null,
    startTime: timeOf(job.started),
    duration: job.took_ms === null ? null : job.took_ms / 1000,
    architecture: job.arch,
    command: null,
    compiler: job.toolchain,
    inputFiles: null,
    outputFiles: Object.entries(job.artifacts).map(([name, url]) => ({ name, url })),
    configName: null,
    configUrl: null,
    logUrl: null,
    logExcerpt: null,
    status: STATUS[job.state],
    misc: null,
  };
}
