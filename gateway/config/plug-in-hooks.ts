import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

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
export function traceImports(url: string): void {
  if (!imports.has(url)) imports.set(url, new Set());
}

/** The paths of the files of a plug-in that were met while it was loaded, without packages that it uses. */
export function filesOf(url: string): readonly string[] {
  const found = new Set([url]);
  for (const file of found) for (const imported of imports.get(file) ?? []) found.add(imported);
  return [...found].map((file) => fileURLToPath(file));
}

/** A hash of what the files of a plug-in hold now. */
export function fingerprintOf(url: string): string {
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
export function resolvePackage(name: string, folder: string): string {
  packageParent = pathToFileURL(join(folder, 'kcigraph.yaml')).href;
  return import.meta.resolve(`${PACKAGE}${name}`);
}

/** The folder of the installed package that a file belongs to; null: of none. */
function packageOf(url: string): string | null {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(url)?.[0] ?? null;
}
