import type { ByteBudgetError } from '../federation/byte-budget.ts';
import { HttpRefusal } from './http-refusal.ts';

/** Seconds after which a client that found no memory should ask again. */
const RETRY_AFTER = 2;

/** A request for which there is no memory: 503, or 413 where it needs more than there ever is. */
export function memoryRefusal({ message, isTooLarge }: ByteBudgetError): HttpRefusal {
  if (isTooLarge) return new HttpRefusal(413, message);
  const headers = { 'retry-after': String(RETRY_AFTER), 'cache-control': 'no-store' };
  return new HttpRefusal(503, message, { headers });
}
