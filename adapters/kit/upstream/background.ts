import { AsyncLocalStorage } from 'node:async_hooks';

const tasks = new AsyncLocalStorage<true>();

/** Runs a task whose upstream requests wait behind those that a person waits for. */
export function inBackground<T>(task: () => Promise<T>): Promise<T> {
  return tasks.run(true, task);
}

/** Whether the caller runs within such a task. */
export function isInBackground(): boolean {
  return tasks.getStore() === true;
}
