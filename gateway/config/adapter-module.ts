import type { AdapterModule } from '../../adapters/adapter.ts';
import { nearestName } from '../../adapters/kit/kcidb/nearest-name.ts';
import { redactValue } from '../../adapters/kit/printable.ts';
import { ADAPTER_MODULES } from '../federation/adapter-modules.ts';
import type { PlugIn } from './load-plug-in.ts';

/** What `adapter:` names; null as plug-in where it is built in. */
export interface FoundAdapter {
  readonly module: AdapterModule;
  readonly plugIn: PlugIn | null;
}

/** Finds what `adapter:` names: built in, a file (relative to the configuration), or an npm package. A string is a fault. */
export async function findAdapter(name: string, folder: string): Promise<FoundAdapter | string> {
  const builtIn = ADAPTER_MODULES.get(name);
  if (builtIn !== undefined) return { module: builtIn, plugIn: null };
  // The hooks of plug-ins are for gateways that have some.
  const { loadPlugIn } = await import('./load-plug-in.ts');
  const found = await loadPlugIn(name, folder);
  if (found === null) return unknownAdapter(name);
  return typeof found === 'string' ? found : { module: found.module, plugIn: found };
}

function unknownAdapter(name: string): string {
  const nearest = nearestName(name, ADAPTER_MODULES.keys());
  const hint = nearest === undefined ? `built in are ${[...ADAPTER_MODULES.keys()].join(', ')}` : null;
  const short = redactValue(name);
  return hint === null
    ? `There is no adapter "${short}": did you mean "${nearest}"?`
    : `There is no adapter "${short}": ${hint}, and no such npm package is installed; a file starts with "./".`;
}
