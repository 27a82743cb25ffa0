import type { AdapterModule } from '../../adapters/adapter.ts';
import { nearestName } from '../../adapters/kit/kcidb/nearest-name.ts';
import { redactValue } from '../../adapters/kit/printable.ts';
import { ADAPTER_MODULES } from '../federation/adapter-modules.ts';

/** Finds what `adapter:` names: built in, a file (relative to the configuration), or an npm package. A string is a fault. */
export async function findAdapterModule(name: string, folder: string): Promise<AdapterModule | string> {
  const builtIn = ADAPTER_MODULES.get(name);
  if (builtIn !== undefined) return builtIn;
  // The hooks of plug-ins are for gateways that have some.
  const { loadPlugIn } = await import('./load-plug-in.ts');
  const found = await loadPlugIn(name, folder);
  if (found === null) return unknownAdapter(name);
  return typeof found === 'string' ? found : found.module;
}

function unknownAdapter(name: string): string {
  const nearest = nearestName(name, ADAPTER_MODULES.keys());
  const hint = nearest === undefined ? `built in are ${[...ADAPTER_MODULES.keys()].join(', ')}` : null;
  const short = redactValue(name);
  return hint === null
    ? `There is no adapter "${short}": did you mean "${nearest}"?`
    : `There is no adapter "${short}": ${hint}, and no such npm package is installed; a file starts with "./".`;
}
