import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { noRoom } from '../../adapters/kit/temporary-file.ts';
import type { Judgement } from './document-judge.ts';
import type { JudgeAnswer, JudgeJob } from './judge-job.ts';

const HEAP_MEGABYTES = 512;
const DISK_FAULTS = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'];

interface Waiting {
  readonly job: JudgeJob;
  resolve(judgement: Judgement): void;
  reject(error: unknown): void;
}

/** Worker threads that judge documents: started when first needed, a bounded number, documents taken in their order. */
export class JudgePool {
  readonly #size: number;
  readonly #waiting: Waiting[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Waiting>();

  /** @param size at least two where it is not given, so that a huge document does not hold up all others */
  constructor(size: number = Math.min(4, Math.max(2, availableParallelism() - 1))) {
    this.#size = size;
  }

  /** Resolves when the worker is done with the files, and rejects with the signal's reason then if nobody waits any more. */
  async judge(job: Omit<JudgeJob, 'cancelled'>, signal: AbortSignal): Promise<Judgement> {
    const cancelled = new Int32Array(new SharedArrayBuffer(4));
    const cancel = () => Atomics.store(cancelled, 0, 1);
    signal.throwIfAborted();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const judgement = await new Promise<Judgement>((resolve, reject) => {
        this.#waiting.push({ job: { ...job, cancelled }, resolve, reject });
        this.#next();
      });
      signal.throwIfAborted();
      return judgement;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Ends the threads; what they still judge is rejected. */
  async close(): Promise<void> {
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('The gateway is stopping.'));
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#idle.pop() ?? (this.#busy.size < this.#size ? this.#start() : undefined);
      const waiting = worker === undefined ? undefined : this.#waiting.shift();
      if (worker === undefined || waiting === undefined) return;
      this.#busy.set(worker, waiting);
      worker.ref();
      worker.postMessage(waiting.job);
    }
  }

  #start(): Worker {
    // Compiled files lie beside each other just as the sources do.
    const file = new URL(import.meta.url).pathname.endsWith('.ts') ? './judge-worker.ts' : './judge-worker.js';
    const worker = new Worker(new URL(file, import.meta.url), {
      name: 'judge',
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
    });
    worker.on('message', (answer: JudgeAnswer) => {
      const waiting = this.#release(worker);
      worker.unref();
      this.#idle.push(worker);
      if ('judgement' in answer) waiting?.resolve(answer.judgement);
      else waiting?.reject(failure(answer.failed, answer.code));
      this.#next();
    });
    worker.on('error', (error) => this.#release(worker)?.reject(error));
    worker.on('exit', () => {
      this.#release(worker)?.reject(new Error('A worker thread that judges documents ended.'));
      const index = this.#idle.indexOf(worker);
      if (index >= 0) this.#idle.splice(index, 1);
      this.#next();
    });
    return worker;
  }

  #release(worker: Worker): Waiting | undefined {
    const waiting = this.#busy.get(worker);
    this.#busy.delete(worker);
    return waiting;
  }
}

function failure(message: string, code: string | undefined): Error {
  const error = new Error(message);
  return code !== undefined && DISK_FAULTS.includes(code) ? noRoom(error) : error;
}
