import type { Store } from '../../../adapters/adapter.ts';
import type { Config } from '../../config/load-config.ts';
import type { DoorSettings } from '../../submission/submit.ts';

/** What the configuration says of submissions. */
export function doorSettings({ submit, limits }: Config, store: Store | null): DoorSettings {
  return { store, secrets: submit?.secrets ?? [], open: submit?.open ?? false, limits, spool: submit?.spool };
}
