import type { Call, LoadCounts, Logger, Store, StoredObject } from '../../adapters/adapter.ts';
import { ENTITY_NAMES } from '../../adapters/model.ts';
import type { Accepted, Authority } from './submission-door.ts';

/** Loads an accepted document in one transaction. It resolves after the commit; an abort before takes everything back. */
export async function loadDocument(
  store: Store,
  objects: AsyncIterable<StoredObject>,
  id: string,
  { origins }: Authority,
  signal: AbortSignal,
  log: Logger,
): Promise<Accepted> {
  const counts = await store.load(objects, { origins, submission: id }, callOf(signal, log));
  return { id, message: describe(counts), counts };
}

// Deadlines are for queries: a document may take as long as it needs.
function callOf(signal: AbortSignal, log: Logger): Call {
  const warn: Call['warn'] = (error) =>
    log.warn({ err: error }, 'The store had a warning while a document was loaded.');
  return { signal, deadline: Number.POSITIVE_INFINITY, fields: new Set(), log, warn };
}

function describe(counts: LoadCounts): string {
  const sum = { added: 0, changed: 0, unchanged: 0 };
  for (const entity of ENTITY_NAMES) {
    sum.added += counts[entity].added;
    sum.changed += counts[entity].changed;
    sum.unchanged += counts[entity].unchanged;
  }
  const total = sum.added + sum.changed + sum.unchanged;
  const objects = total === 1 ? '1 object' : `${total} objects`;
  return `The document is stored: ${objects}, ${sum.added} new, ${sum.changed} changed, ${sum.unchanged} unchanged.`;
}
