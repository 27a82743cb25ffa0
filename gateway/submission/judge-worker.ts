// The body of the worker threads that judge large documents: one job at a time, one answer for each.
import { parentPort } from 'node:worker_threads';
import { FileBytes } from '../../adapters/kit/json/byte-source.ts';
import { ObjectLineWriter } from '../../adapters/kit/kcidb/object-lines.ts';
import { judgeBytes } from './judge-bytes.ts';
import type { JudgeAnswer, JudgeJob } from './judge-job.ts';

parentPort?.on('message', (job: JudgeJob) => parentPort?.postMessage(answer(job)));

function answer(job: JudgeJob): JudgeAnswer {
  try {
    const writer = new ObjectLineWriter(job.objects);
    const source = new FileBytes(job.document, job.offset);
    const isCancelled = () => Atomics.load(job.cancelled, 0) !== 0;
    const judgement = judgeBytes(source, job.origins, (object) => writer.write(object), isCancelled);
    if (judgement.verdict === 'accepted') writer.flush();
    return { judgement };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error), code };
  }
}
