import { availableParallelism } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';

const HEAP_MEGABYTES = 256;
/** Heap with which a thread waits for the next job. */
const MOST_KEPT_BYTES = 48 * 1024 * 1024;
/** Parts that a worker may be ahead of whoever takes them. */
const AHEAD = 4;
const RECHECK_MS = 100;

/** What a job and its worker share: whether nobody waits any more, and how many parts have been taken. */
export type JobState = Int32Array<SharedArrayBuffer>;
const [CANCELLED, TAKEN] = [0, 1];

/** What a worker answers to a job: parts of a result, any number of times, then the end. */
export type WorkerAnswer<P, A> =
  | { readonly part: P }
  | { readonly answer: A; readonly heapBytes: number }
  /** What failed, with its code where the system has one. */
  | { readonly failed: string; readonly code: string | undefined };

/** A job that failed in its worker; `code` is that of the system where there is one. */
export class WorkerFailure extends Error {
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

interface Waiting<J, P, A> {
  readonly job: J;
  readonly state: JobState;
  part(part: P): void;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

/** Worker threads that read documents: started when first needed, a bounded number, jobs taken in their order. */
export class WorkerPool<J extends object, P, A> {
  readonly #file: URL;
  readonly #size: number;
  readonly #waiting: Waiting<J, P, A>[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Waiting<J, P, A>>();

  /**
   * @param file the worker's body, which answers with {@link answerJobs}
   * @param size at least two where it is not given, so that a huge document does not hold up all others
   */
  constructor(file: URL, size: number = Math.min(4, Math.max(2, availableParallelism() - 1))) {
    this.#file = file;
    this.#size = size;
  }

  /**
   * Resolves when the worker is done with the job, and rejects with the signal's reason then if nobody waits any more.
   * @param take takes each part; the worker is only a few parts ahead of it
   */
  async run(job: J, signal: AbortSignal, take: (part: P) => Promise<void> = async () => {}): Promise<A> {
    const state: JobState = new Int32Array(new SharedArrayBuffer(8));
    const cancel = () => Atomics.store(state, CANCELLED, 1);
    signal.throwIfAborted();
    signal.addEventListener('abort', cancel, { once: true });
    let taking: Promise<void> = Promise.resolve();
    let fault: unknown = null;
    const taken = async (part: P) => {
      if (fault === null && !signal.aborted) await take(part);
    };
    try {
      const answer = await new Promise<A>((resolve, reject) => {
        const part = (given: P) => {
          taking = taking
            .then(() => taken(given))
            .catch((error: unknown) => {
              fault ??= error;
              cancel();
            })
            .finally(() => {
              Atomics.add(state, TAKEN, 1);
              Atomics.notify(state, TAKEN);
            });
        };
        this.#waiting.push({ job, state, part, resolve, reject });
        this.#next();
      });
      await taking;
      if (fault !== null) throw fault;
      signal.throwIfAborted();
      return answer;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Ends the threads; what they still do is rejected. */
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
      worker.postMessage({ job: waiting.job, state: waiting.state });
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#file, {
      name: 'documents',
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
    });
    worker.on('message', (answer: WorkerAnswer<P, A>) => {
      if ('part' in answer) {
        this.#busy.get(worker)?.part(answer.part);
        return;
      }
      const waiting = this.#release(worker);
      worker.unref();
      // The memory of an idle thread is given back only with the thread.
      if ('answer' in answer && answer.heapBytes > MOST_KEPT_BYTES) void worker.terminate();
      else this.#idle.push(worker);
      if ('answer' in answer) waiting?.resolve(answer.answer);
      else waiting?.reject(new WorkerFailure(answer.failed, answer.code));
      this.#next();
    });
    worker.on('error', (error) => this.#release(worker)?.reject(error));
    worker.on('exit', () => {
      this.#release(worker)?.reject(new Error('A worker thread that reads documents ended.'));
      const index = this.#idle.indexOf(worker);
      if (index >= 0) this.#idle.splice(index, 1);
      this.#next();
    });
    return worker;
  }

  #release(worker: Worker): Waiting<J, P, A> | undefined {
    const waiting = this.#busy.get(worker);
    this.#busy.delete(worker);
    return waiting;
  }
}

/** The file of a worker beside a module: compiled files lie beside each other just as the sources do. */
export function workerFile(name: string, module: string): URL {
  return new URL(`./${name}${new URL(module).pathname.endsWith('.ts') ? '.ts' : '.js'}`, module);
}

/** How a worker reaches those who wait for its job. */
export interface JobLine<P> {
  /** Whether nobody waits any more. */
  isCancelled(): boolean;
  /** Hands a part over, and waits while the worker is too far ahead. */
  give(part: P): void;
}

/** The body of a worker: does one job at a time. */
export function answerJobs<J, P, A>(
  port: {
    on(event: 'message', take: (given: { job: J; state: JobState }) => void): unknown;
    postMessage(value: unknown): void;
  } | null,
  work: (job: J, line: JobLine<P>) => A,
): void {
  const post = (answer: WorkerAnswer<P, A>) => port?.postMessage(answer);
  port?.on('message', ({ job, state }) => {
    let given = 0;
    const isCancelled = () => Atomics.load(state, CANCELLED) !== 0;
    const give = (part: P) => {
      for (;;) {
        const taken = Atomics.load(state, TAKEN);
        if (given - taken < AHEAD || isCancelled()) break;
        Atomics.wait(state, TAKEN, taken, RECHECK_MS);
      }
      given += 1;
      post({ part });
    };
    try {
      post({ answer: work(job, { isCancelled, give }), heapBytes: getHeapStatistics().total_heap_size });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
      post({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error), code });
    }
  });
}
