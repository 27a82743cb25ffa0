import { noRoom } from '../../adapters/kit/kcidb/temporary-file.ts';
import { WorkerFailure, WorkerPool, workerFile } from '../../adapters/kit/worker-pool.ts';
import type { Judgement } from './validate-document.ts';

/** What a worker thread is asked to judge. Files are open in this process, and stay so until it has answered. */
export interface JudgeJob {
  /** The descriptor of the file that holds the document. */
  readonly document: number;
  /** Where in it the document begins. */
  readonly offset: number;
  /** The descriptor of the file that takes the objects, one a line. */
  readonly objects: number;
  readonly origins: readonly string[] | null;
}

const DISK_FAULTS = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'];

/** Worker threads that judge documents. */
export class JudgePool extends WorkerPool<JudgeJob, never, Judgement> {
  constructor(size?: number) {
    super(workerFile('read-worker', import.meta.url), size);
  }

  /**
   * Resolves when the worker is done with the files.
   */
  async judge(job: JudgeJob, signal: AbortSignal): Promise<Judgement> {
    try {
      return await this.run(job, signal);
    } catch (error) {
      const isDisk = error instanceof WorkerFailure && error.code !== undefined && DISK_FAULTS.includes(error.code);
      throw isDisk ? noRoom(error) : error;
    }
  }
}
