import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** All that a build reads and a package holds. */
const PARTS = [
  'adapters',
  'bin',
  'docs',
  'examples',
  'gateway',
  'scripts',
  'schema.graphql',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.types.json',
  'README.md',
  'LICENSE',
];

/** What `npm install` takes in tests: what is in the cache is not asked for again. */
export const NPM_QUIETLY = ['--prefer-offline', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];

export interface PackedPackage {
  /** Path of the tarball. */
  readonly tarball: string;
  /** Paths in the package. */
  readonly files: readonly string[];
}

/** Builds and packs the package in a copy of its own within `folder`: tests that do so beside each other do not meet. */
export async function packPackage(folder: string): Promise<PackedPackage> {
  const copy = join(folder, 'packing');
  await mkdir(copy);
  for (const part of PARTS) await cp(join(ROOT, part), join(copy, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await run(process.execPath, [join(copy, 'scripts/build.ts')], { cwd: copy });
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: copy,
  });
  const answer: unknown = JSON.parse(stdout);
  const [packed]: readonly unknown[] = Object.values(typeof answer === 'object' && answer !== null ? answer : {});
  const files = listOf(packed, 'files').flatMap((file) => textOf(file, 'path') ?? []);
  const filename = textOf(packed, 'filename');
  if (filename === null) throw new Error(`npm pack named no file:\n${stdout.slice(0, 500)}`);
  return { tarball: join(folder, filename), files };
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const list: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : null;
  return Array.isArray(list) ? list : [];
}

function textOf(value: unknown, key: string): string | null {
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : null;
  return typeof text === 'string' ? text : null;
}
