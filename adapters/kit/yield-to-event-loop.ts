/*
 * Long work on the main thread gives way to whoever else waits for the event loop. All long work shares one slice of each
 * turn of the loop, so that a turn takes no longer where several requests work at once.
 */

/** Milliseconds of long work in a turn of the event loop, and again after its I/O. */
const SLICE_MS = 5;

/** Those that wait for a slice, the first one first. `head` is where they begin: a long list is not moved each time. */
let waiting: (() => void)[] = [];
let head = 0;
/** When the slice that is running ends, by the monotonic clock; null while none is. */
let sliceEnd: number | null = null;
let isScheduled = false;

/**
 * Whether long work must give way now. The first to ask in a turn of the event loop begins its slice. Ask between steps
 * that take well below a millisecond each.
 */
export function isSliceOver(): boolean {
  const now = performance.now();
  if (sliceEnd !== null) return now >= sliceEnd;
  sliceEnd = now + SLICE_MS;
  schedule();
  return false;
}

/**
 * Resolves in a later turn of the event loop, with a slice of it left.
 * @throws the signal's reason where it has aborted by then
 */
export async function yieldToEventLoop(signal?: AbortSignal): Promise<void> {
  await new Promise<void>(inLaterSlice);
  signal?.throwIfAborted();
}

/** Calls back in a later turn of the event loop, with a slice of it left. */
export function inLaterSlice(run: () => void): void {
  waiting.push(run);
  schedule();
}

/** Steps of a loop of which each takes microseconds. */
const STEPS = 256;

/** Lets a loop of many small steps ask only now and then. One that is short never gives way. */
export class StepCounter {
  #left = STEPS;

  /** Counts what was done, and tells whether to give way now. */
  isSliceOverAfter(steps: number): boolean {
    this.#left -= steps;
    if (this.#left > 0) return false;
    this.#left = STEPS;
    return isSliceOver();
  }
}

/** Calls back once all promise jobs that are due have run, and those that they bring. */
export function afterPromiseJobs(run: () => void): void {
  queueMicrotask(() => process.nextTick(run));
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    sliceEnd = performance.now() + SLICE_MS;
    next();
  });
}

/** One after the other, as long as the slice lasts: what one does is over when its promise jobs have run. */
function next(): void {
  const run = sliceEnd !== null && performance.now() < sliceEnd ? waiting[head] : undefined;
  if (run === undefined) {
    // What I/O brings next has a slice of its own.
    sliceEnd = null;
    if (head < waiting.length) schedule();
    else {
      waiting = [];
      head = 0;
    }
    return;
  }
  head += 1;
  run();
  queueMicrotask(nextAfterPromiseJobs);
}

function nextAfterPromiseJobs(): void {
  process.nextTick(next);
}
