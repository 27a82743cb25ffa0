import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AdapterModule } from '../../adapters/adapter.ts';
import { redactValue } from '../../adapters/kit/printable.ts';
import { plugInFault, toAdapterModule } from './plug-in-faults.ts';
import { noteFingerprint } from './plug-in-fingerprint.ts';
import { nextVersion, resolvePackage } from './plug-in-hooks.ts';

const ENDINGS = /\.(ts|mts|js|mjs)$/;
const IN_PACKAGES = /[\\/]node_modules[\\/]/;

export interface PlugIn {
  readonly module: AdapterModule;
  /** Paths of the files that it consists of; empty for a package. */
  readonly files: ReadonlySet<string>;
}

/** Whether `adapter:` names a file rather than a package. */
export function isPlugInPath(name: string): boolean {
  return name.startsWith('.') || isAbsolute(name);
}

/** Loads a plug-in from a file, anew each time, or from an npm package. A string is a fault; null: no such package. */
export async function loadPlugIn(name: string, folder: string): Promise<PlugIn | string | null> {
  const shown = `"${redactValue(name, 80)}"`;
  if (isPlugInPath(name)) {
    const file = resolve(folder, name);
    const fault = fileFault(shown, file);
    if (fault !== null) return fault;
    const version = nextVersion(file);
    return await imported(shown, version.url, version.files);
  }
  let url: string;
  try {
    url = resolvePackage(name, folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' && !existsSync(join(folder, 'node_modules', name));
    return isMissing || code === 'ERR_INVALID_MODULE_SPECIFIER' ? null : plugInFault(shown, error);
  }
  return url.startsWith('file:') ? await imported(shown, url, new Set()) : null;
}

async function imported(shown: string, url: string, files: ReadonlySet<string>): Promise<PlugIn | string> {
  if (IN_PACKAGES.test(fileURLToPath(url)) && /\.m?ts$/.test(new URL(url).pathname)) {
    return `The plug-in ${shown} is TypeScript in node_modules, where Node runs JavaScript only: publish it compiled.`;
  }
  try {
    const exported: unknown = await import(url);
    const module = toAdapterModule(shown, exported);
    if (typeof module === 'string') return module;
    noteFingerprint(module, files);
    return { module, files };
  } catch (error) {
    return plugInFault(shown, error);
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
