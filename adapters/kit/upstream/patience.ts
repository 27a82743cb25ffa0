import { AsyncLocalStorage } from 'node:async_hooks';

const moments = new AsyncLocalStorage<number>();

/**
 * Runs a task whose upstream requests begin by then, or else are refused at once: nobody needs to wait for what is only
 * good to have.
 * @param moment milliseconds since the epoch
 */
export function beginningBy<T>(moment: number, task: () => Promise<T>): Promise<T> {
  return moments.run(moment, task);
}

/** When a request of the caller begins at the latest; infinite where nothing but its deadline counts. */
export function latestBeginning(): number {
  return moments.getStore() ?? Number.POSITIVE_INFINITY;
}

/** Whether the caller waits for no more than a moment: who waits longer must not share its refusal. */
export function isHurried(): boolean {
  return moments.getStore() !== undefined;
}
