// Holds the direction of imports: command line -> app -> http -> graphql -> resolvers -> federation -> the contract <- each adapter.
// `node bin/runtime.js scripts/check-imports.ts [ROOT]`
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

interface Layer {
  readonly name: string;
  /** A file belongs to the first layer of which one path fits its own. */
  readonly files: RegExp;
  /** The layers below it; its own is always allowed. */
  readonly below: readonly string[];
}

const CONTRACT = ['contract', 'event loop'];
const LAYERS: readonly Layer[] = [
  { name: 'event loop', files: /^adapters\/kit\/yield-to-event-loop\.ts$/, below: [] },
  { name: 'contract', files: /^adapters\/contract\//, below: [] },
  { name: 'kit', files: /^adapters\/kit\//, below: CONTRACT },
  { name: 'embedded server', files: /^adapters\/embedded-postgres\//, below: [...CONTRACT, 'kit'] },
  { name: 'adapters', files: /^adapters\//, below: [...CONTRACT, 'kit', 'embedded server'] },
  { name: 'adapter registry', files: /^gateway\/federation\/adapter-modules\.ts$/, below: [...CONTRACT, 'adapters'] },
  { name: 'generated', files: /^gateway\/generated\//, below: [...CONTRACT, 'federation', 'resolvers'] },
  { name: 'swappable', files: /^gateway\/swappable\.ts$/, below: [] },
  { name: 'ingest', files: /^gateway\/ingest\//, below: [...CONTRACT, 'kit', 'swappable'] },
  {
    name: 'federation',
    files: /^gateway\/federation\//,
    below: [...CONTRACT, 'kit', 'ingest', 'generated', 'adapter registry'],
  },
  {
    name: 'resolvers',
    files: /^gateway\/graphql\/resolvers\//,
    below: [...CONTRACT, 'ingest', 'generated', 'federation'],
  },
  {
    name: 'graphql',
    files: /^gateway\/graphql\/(?!resolvers\/)/,
    below: [...CONTRACT, 'ingest', 'generated', 'federation', 'resolvers'],
  },
  {
    name: 'http',
    files: /^gateway\/http\//,
    below: [...CONTRACT, 'swappable', 'ingest', 'generated', 'federation', 'resolvers', 'graphql'],
  },
  {
    name: 'config',
    files: /^gateway\/config\//,
    below: [...CONTRACT, 'kit', 'ingest', 'adapter registry', 'http'],
  },
  {
    name: 'app',
    files: /^gateway\/(app\/|log\.ts$)/,
    below: [...CONTRACT, 'kit', 'swappable', 'ingest', 'federation', 'graphql', 'http', 'config'],
  },
  {
    name: 'command line',
    files: /^gateway\/cli\//,
    below: [...CONTRACT, 'kit', 'ingest', 'federation', 'config', 'app'],
  },
];

/** Every import that points the wrong way, a sentence each. */
export function importFaults(root: string): string[] {
  return importsWithin(root).flatMap(([file, target]) => faultOf(file, target) ?? []);
}

/** The layers as they are: each with the others that its files import from. */
export function importedLayers(root: string): ReadonlyMap<string, ReadonlySet<string>> {
  const imported = new Map(LAYERS.map(({ name }) => [name, new Set<string>()]));
  for (const [file, target] of importsWithin(root)) {
    const [from, to] = [layerOf(file)?.name, layerOf(target)?.name];
    if (from !== undefined && to !== undefined && from !== to) imported.get(from)?.add(to);
  }
  return imported;
}

/** Each import of one of our files by another. */
export function importsWithin(root: string): (readonly [file: string, target: string])[] {
  return globSync('{gateway,adapters}/**/*.ts', { cwd: root })
    .sort()
    .flatMap((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
      const relative = importedFiles.filter(({ fileName }) => fileName.startsWith('.'));
      return relative.map(({ fileName }) => [file, normalize(join(dirname(file), fileName))] as const);
    });
}

function faultOf(file: string, target: string): string | null {
  const [from, to] = [layerOf(file), layerOf(target)];
  if (from === undefined || to === undefined) {
    return `${file} imports ${target}, which lies outside the gateway and the adapters.`;
  }
  if (to !== from && !from.below.includes(to.name)) {
    return `${file} (${from.name}) imports ${target} (${to.name}); it may import from: ${from.below.join(', ')}.`;
  }
  const [folder, other] = [file, target].map((path) => path.split('/')[1]);
  const foreign = from.name === 'adapters' && to === from && folder !== other;
  return foreign ? `${file} imports from another adapter: ${target}.` : null;
}

function layerOf(file: string): Layer | undefined {
  return LAYERS.find(({ files }) => files.test(file));
}

if (import.meta.main) {
  const faults = importFaults(resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url))));
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
