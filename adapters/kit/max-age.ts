import type { AdapterEnv, Call } from '../adapter.ts';

/** Milliseconds that what an adapter has kept may be old, for one call. */
export type MaxAge = (call: Call) => number;

/**
 * For how long an adapter answers from what it has kept: as long as its own options say, or shorter where `cacheTtl` or
 * the client does; without end where the source is offline.
 * @param own milliseconds
 */
export function maxAgeOf(own: number, { cacheTtl, offline }: Pick<AdapterEnv, 'cacheTtl' | 'offline'>): MaxAge {
  if (offline === true) return () => Number.POSITIVE_INFINITY;
  const configured = Math.min(own, cacheTtl ?? own);
  return ({ maxAgeMs }) => Math.min(configured, maxAgeMs ?? configured);
}
