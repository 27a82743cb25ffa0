import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ENDING = new URL(import.meta.url).pathname.endsWith('.ts') ? '.ts' : '.js';
/** What plug-ins import of this package: always this very copy, so that its errors are the ones that we know. */
const OWN: Readonly<Record<string, string>> = {
  'kcigraph/adapter': new URL(`../../adapters/kit/author${ENDING}`, import.meta.url).href,
  'kcigraph/conformance': new URL(`../../adapters/kit/conformance/conformance${ENDING}`, import.meta.url).href,
};
/** Marks the modules of one version of a plug-in: the same files under another query are loaded anew. */
const QUERY = 'kcigraph-plug-in';
const PACKAGE = 'kcigraph-plug-in:';

/** The files that each version of a plug-in consists of. */
const versions = new Map<string, Set<string>>();
let packageParent: string | undefined;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const own = OWN[specifier];
    if (own !== undefined) return { url: own, shortCircuit: true };
    if (specifier.startsWith(PACKAGE)) {
      return nextResolve(specifier.slice(PACKAGE.length), { ...context, parentURL: packageParent });
    }
    const resolved = nextResolve(specifier, context);
    const version = versionOf(context.parentURL);
    if (version === null || !isPlugInFile(resolved.url)) return resolved;
    const url = new URL(resolved.url);
    versions.get(version)?.add(fileURLToPath(url));
    url.searchParams.set(QUERY, version);
    return { ...resolved, url: url.href };
  },
});

/** One loading of a plug-in, with all files of its own. */
export interface PlugInVersion {
  /** What to import. */
  readonly url: string;
  /** Their paths, as they are met while it is imported. */
  readonly files: ReadonlySet<string>;
}

export function nextVersion(file: string): PlugInVersion {
  const version = String(versions.size + 1);
  const files = new Set([file]);
  versions.set(version, files);
  const url = pathToFileURL(file);
  url.searchParams.set(QUERY, version);
  return { url: url.href, files };
}

/**
 * The file that a package's name leads to from a folder, as an import there would find it.
 * @throws what Node says where there is none
 */
export function resolvePackage(name: string, folder: string): string {
  packageParent = pathToFileURL(join(folder, 'kcigraph.yaml')).href;
  return import.meta.resolve(`${PACKAGE}${name}`);
}

function versionOf(url: string | undefined): string | null {
  if (url?.startsWith('file:') !== true) return null;
  return new URL(url).searchParams.get(QUERY);
}

function isPlugInFile(url: string): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/');
}
