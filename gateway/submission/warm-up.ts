import { setImmediate } from 'node:timers/promises';
import { latestRules } from '../../adapters/kit/kcidb/document-rules.ts';

/**
 * Compiles the rules of the newest version, which nearly all documents have, one kind of object at a time: otherwise the
 * first document would hold everything up for as long as all of them take.
 */
export async function warmUp(): Promise<void> {
  const rules = latestRules();
  for (const list of rules.lists) {
    await setImmediate();
    // An object that is not valid needs what a valid one needs, and the explanations too.
    rules.objectFaults(list, 0, {});
  }
}
