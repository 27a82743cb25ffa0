import { normaliseTime } from 'kcigraph/adapter';

/** Milliseconds since the epoch, as Acme counts, in the form of the model. */
export function timeOf(ms: number | null): string | null {
  return ms === null ? null : normaliseTime(new Date(ms).toISOString());
}
