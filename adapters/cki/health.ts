import { type Call, type Health, SourceError } from '../kit/author.ts';
import type { CkiClient } from './client.ts';
import type { Sweep } from './learnt/sweep.ts';

/** How the source is: as it was when it was asked last, if that went well, else, and for a probe, as it is now. */
export async function healthOf(
  { client, sweep, isOffline }: { readonly client: CkiClient; readonly sweep: Sweep; readonly isOffline: boolean },
  call: Call,
): Promise<Health> {
  if (isOffline) return { ok: true, detail: `What is on disk is shown. ${sweep.detail}` };
  if (sweep.isWell && call.isProbe !== true) return { ok: true, detail: sweep.detail };
  try {
    await client.rows('checkouts', null, 0, call);
    return { ok: true, detail: sweep.detail };
  } catch (error) {
    if (error instanceof SourceError && error.origin === 'source') return { ok: false, detail: error.message };
    throw error;
  }
}
