import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AdapterModule } from '../../adapters/contract/adapter.ts';
import { redactValue } from '../../adapters/kit/printable.ts';
import { plugInFault, toAdapterModule } from './plug-in-faults.ts';

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

const ENDING = new URL(import.meta.url).pathname.endsWith('.ts') ? '.ts' : '.js';
/** What plug-ins import of this package: always this very copy, so that its errors are the ones that we know. */
const OWN: Readonly<Record<string, string>> = {
  'kcigraph/adapter': new URL(`../../adapters/kit/author${ENDING}`, import.meta.url).href,
  'kcigraph/conformance': new URL(`../../adapters/kit/conformance/conformance${ENDING}`, import.meta.url).href,
};
const PACKAGE = 'kcigraph-plug-in:';

/** By the URL of a file of a plug-in: the files of the same plug-in that it imports. */
const imports = new Map<string, Set<string>>();
let packageParent: string | undefined;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const own = OWN[specifier];
    if (own !== undefined) return { url: own, shortCircuit: true };
    if (specifier.startsWith(PACKAGE)) {
      return nextResolve(specifier.slice(PACKAGE.length), { ...context, parentURL: packageParent });
    }
    const resolved = nextResolve(specifier, context);
    const { parentURL = '' } = context;
    if (resolved.url.startsWith('file:') && packageOf(resolved.url) === packageOf(parentURL)) {
      imports.get(parentURL)?.add(resolved.url);
      if (imports.has(parentURL)) traceImports(resolved.url);
    }
    return resolved;
  },
});

/** From now on the files that this one imports are known, and those that they import. */
function traceImports(url: string): void {
  if (!imports.has(url)) imports.set(url, new Set());
}

/** The paths of the files of a plug-in that were met while it was loaded, without packages that it uses. */
function filesOf(url: string): readonly string[] {
  const found = new Set([url]);
  for (const file of found) for (const imported of imports.get(file) ?? []) found.add(imported);
  return [...found].map((file) => fileURLToPath(file));
}

/** A hash of what the files of a plug-in hold now. */
function fingerprintOf(url: string): string {
  const folder = dirname(fileURLToPath(url));
  const hash = createHash('sha256');
  for (const file of filesOf(url).toSorted()) hash.update(`${relative(folder, file)}\0${contentOf(file)}\0`);
  return hash.digest('hex').slice(0, 16);
}

/** One that was removed since then is a change as well. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * The file that a package's name leads to from a folder, as an import there would find it.
 * @throws what Node says where there is none
 */
function resolvePackage(name: string, folder: string): string {
  packageParent = pathToFileURL(join(folder, 'kcigraph.yaml')).href;
  return import.meta.resolve(`${PACKAGE}${name}`);
}

/** The folder of the installed package that a file belongs to; null: of none. */
function packageOf(url: string): string | null {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(url)?.[0] ?? null;
}
