import { existsSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AdapterModule } from '../../adapters/adapter.ts';
import { redactValue } from '../../adapters/kit/printable.ts';
import { plugInFault, toAdapterModule } from './plug-in-faults.ts';
import { filesOf, fingerprintOf, resolvePackage, traceImports } from './plug-in-hooks.ts';

const ENDINGS = /\.(ts|mts|js|mjs)$/;
const IN_PACKAGES = /[\\/]node_modules[\\/]/;

/** An adapter from outside. Node loads its code once: what is changed later runs after a restart only. */
export interface PlugIn {
  readonly module: AdapterModule;
  /** A hash of its files as they were when they were loaded. */
  readonly fingerprint: string;
  /** Its files have changed since then. */
  readonly isOutdated: boolean;
}

/** The fingerprints of those that are loaded, by URL. */
const loaded = new Map<string, string>();

/** Whether `adapter:` names a file rather than a package. */
function isPlugInPath(name: string): boolean {
  return name.startsWith('.') || isAbsolute(name);
}

/** Loads a plug-in from a file, or from an npm package. A string is a fault; null: no such package. */
export async function loadPlugIn(name: string, folder: string): Promise<PlugIn | string | null> {
  const shown = `"${redactValue(name, 80)}"`;
  if (isPlugInPath(name)) {
    const file = resolve(folder, name);
    const fault = fileFault(shown, file);
    if (fault !== null) return fault;
    return await imported(shown, pathToFileURL(realpathSync(file)).href, folder);
  }
  let url: string;
  try {
    url = resolvePackage(name, folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' && !existsSync(join(folder, 'node_modules', name));
    return isMissing || code === 'ERR_INVALID_MODULE_SPECIFIER' ? null : plugInFault(shown, error, [], folder);
  }
  return url.startsWith('file:') ? await imported(shown, url, folder) : null;
}

async function imported(shown: string, url: string, folder: string): Promise<PlugIn | string> {
  if (IN_PACKAGES.test(fileURLToPath(url)) && /\.m?ts$/.test(new URL(url).pathname)) {
    return `The plug-in ${shown} is TypeScript in node_modules, where Node runs JavaScript only: publish it compiled.`;
  }
  traceImports(url);
  try {
    const exported: unknown = await import(url);
    const module = toAdapterModule(shown, exported);
    if (typeof module === 'string') return module;
    const now = fingerprintOf(url);
    const fingerprint = loaded.get(url) ?? now;
    loaded.set(url, fingerprint);
    return { module, fingerprint, isOutdated: fingerprint !== now };
  } catch (error) {
    return plugInFault(shown, error, filesOf(url), folder);
  }
}

function fileFault(shown: string, file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    const inside = ['adapter.ts', 'adapter.js'].find((name) => existsSync(join(file, name)));
    const hint = inside === undefined ? 'name the file in it' : `name the file ${inside} in it`;
    return `The plug-in ${shown} is a folder: ${hint}.`;
  }
  if (found === undefined) return `The plug-in ${shown} is not there: a path is relative to the configuration file.`;
  return ENDINGS.test(file) ? null : `The plug-in ${shown} must be a file that ends in .ts, .js or .mjs.`;
}
