import type { Fault } from '../../adapters/adapter.ts';
import { fault, quoted } from '../../adapters/kit/kcidb/fault.ts';
import type { KcidbObject, SentListName } from '../../adapters/kit/kcidb/kcidb-object.ts';

/**
 * The fault of an object whose origin the submitter may not speak for.
 *
 * @param sent the object as it was sent: before 3.0 its origin stands in its id
 * @param origin that of the upgraded object
 * @param origins null: everybody's
 */
export function originFault(
  list: SentListName,
  index: number,
  sent: KcidbObject,
  origin: unknown,
  origins: readonly string[] | null,
): Fault | null {
  if (origins === null || (typeof origin === 'string' && origins.includes(origin))) return null;
  const field = Object.hasOwn(sent, 'origin') ? 'origin' : 'id';
  const mine = origins.map((one) => `"${one}"`).join(', ');
  const message = `The token speaks for ${mine}, and this object's origin is ${quoted(origin)}: send it with a token of that origin.`;
  return fault([list, index, field], 'origin', message, sent[field]);
}
