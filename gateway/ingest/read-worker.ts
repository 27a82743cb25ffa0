// The body of the worker threads that judge large documents: one job at a time, one answer for each.
import { parentPort } from 'node:worker_threads';
import { FileBytes } from '../../adapters/kit/json/byte-source.ts';
import { objectLineWriter } from '../../adapters/kit/kcidb/object-lines.ts';
import { answerJobs } from '../../adapters/kit/worker-pool.ts';
import type { JudgeJob } from './read-pool.ts';
import { type Judgement, judgeBytes } from './validate-document.ts';

answerJobs<JudgeJob, never, Judgement>(parentPort, ({ document, offset, objects, origins }, { isCancelled }) => {
  const writer = objectLineWriter(objects);
  const source = new FileBytes(document, offset);
  const judgement = judgeBytes(source, origins, (object) => writer.write(object), isCancelled);
  if (judgement.verdict === 'accepted') writer.flush();
  return judgement;
});
