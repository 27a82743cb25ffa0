import { createRequire } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AdapterModule, CONTRACT } from '../../adapters/adapter.ts';
import { nearestName } from '../../adapters/kit/kcidb/nearest-name.ts';
import { ADAPTER_MODULES } from '../federation/adapter-modules.ts';

/** Finds what `adapter:` names: built in, a file (relative to the configuration), or an npm package. A string is a fault. */
export async function findAdapterModule(name: string, folder: string): Promise<AdapterModule | string> {
  const builtIn = ADAPTER_MODULES.get(name);
  if (builtIn !== undefined) return builtIn;
  const isPath = name.startsWith('.') || isAbsolute(name);
  let url: string;
  try {
    url = pathToFileURL(isPath ? resolve(folder, name) : createRequire(resolve(folder, 'x.js')).resolve(name)).href;
  } catch {
    const nearest = nearestName(name, ADAPTER_MODULES.keys());
    const hint = nearest === undefined ? `built in are ${[...ADAPTER_MODULES.keys()].join(', ')}` : null;
    const short = name.slice(0, 60);
    return hint === null
      ? `There is no adapter "${short}": did you mean "${nearest}"?`
      : `There is no adapter "${short}": ${hint}, and no such npm package is installed; a file starts with "./".`;
  }
  try {
    const module: unknown = await import(url);
    return (
      moduleOf(module) ??
      `"${name}" exports no "adapter" of contract ${CONTRACT} (contract, name, options, defaults, create).`
    );
  } catch (error) {
    const reason = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return reason
      ? `The plug-in "${name}" or a module that it imports is not there.`
      : `The plug-in "${name}" cannot be loaded: ${message}`;
  }
}

function moduleOf(module: unknown): AdapterModule | null {
  const adapter = property(module, 'adapter');
  return isAdapterModule(adapter) ? adapter : null;
}

function isAdapterModule(value: unknown): value is AdapterModule {
  return (
    property(value, 'contract') === CONTRACT &&
    typeof property(value, 'name') === 'string' &&
    typeof property(value, 'create') === 'function' &&
    typeof property(value, 'defaults') === 'object' &&
    typeof property(property(value, 'options'), 'safeParse') === 'function'
  );
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
