import type { Call, LoadCounts, Logger, Store, StoredObject } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import { ENTITY_NAMES } from '../../adapters/model.ts';
import { type Accepted, type Authority, Refusal } from './submission-door.ts';

/**
 * Loads an accepted document in one transaction. It resolves after the commit; an abort before takes everything back.
 *
 * @throws {Refusal} where an object is right, but more than this store can hold.
 */
export async function loadDocument(
  store: Store,
  objects: AsyncIterable<StoredObject>,
  id: string,
  { origins }: Authority,
  signal: AbortSignal,
  log: Logger,
): Promise<Accepted> {
  const { conflicts, firstConflict, ...counts } = await store
    .load(objects, { origins, submission: id }, callOf(signal, log))
    .catch((error: unknown) => {
      throw isUnstorable(error) ? refusalByStore(error) : error;
    });
  return { id, message: `${describe(counts)}${describeConflicts(conflicts, firstConflict)}`, counts, conflicts };
}

// Deadlines are for queries: a document may take as long as it needs.
function callOf(signal: AbortSignal, log: Logger): Call {
  const warn: Call['warn'] = (error) =>
    log.warn({ err: error }, 'The store had a warning while a document was loaded.');
  return { signal, deadline: Number.POSITIVE_INFINITY, fields: new Set(), log, warn };
}

function isUnstorable(error: unknown): error is SourceError {
  return error instanceof SourceError && error.code === 'SOURCE_BAD_DATA';
}

function refusalByStore({ message, id }: SourceError): Refusal {
  return new Refusal('BAD_USER_INPUT', `The document cannot be stored, and nothing of it was: ${message}`, [
    { path: '', rule: 'storable', message, value: id },
  ]);
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

function describeConflicts(count: number, first: string | null): string {
  if (count === 0) return '';
  return count === 1
    ? ` ${first} belongs to another origin: what the document says of it is recorded as a conflict and changes nothing.`
    : ` ${count} of them, the first ${first}, belong to other origins: what the document says of them is recorded as conflicts and changes nothing.`;
}
