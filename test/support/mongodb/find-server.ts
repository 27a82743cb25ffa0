import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../../.cache/mongodb/', import.meta.url));
const INSTALL = fileURLToPath(new URL('./install.sh', import.meta.url));

/** What the tests may run on: the first of these that is there. */
export type FoundServer =
  /** Somebody else's; each test has a database of its own on it. */
  | { readonly kind: 'uri'; readonly url: string }
  | { readonly kind: 'mongod' | 'ferretdb'; readonly binary: string }
  /** Our own program round FerretDB, built by Go when it is first needed. */
  | { readonly kind: 'own' };

/** Null where there is nothing, and nothing to build it with. */
export function findServer(): FoundServer | null {
  const url = process.env.MONGODB_URI;
  if (url !== undefined && url !== '') return { kind: 'uri', url };
  const mongod = onPath('mongod');
  if (mongod !== null) return { kind: 'mongod', binary: mongod };
  const ferretdb = onPath('ferretdb');
  if (ferretdb !== null) return { kind: 'ferretdb', binary: ferretdb };
  if (onPath('go') !== null || builds().length > 0) return { kind: 'own' };
  const kept = keptByMemoryServer();
  return kept === null ? null : { kind: 'mongod', binary: kept };
}

/** The program round FerretDB; built now where it is not there yet. */
export async function ownServer(): Promise<string> {
  if (onPath('go') !== null) {
    try {
      await run('sh', [INSTALL]);
    } catch (error) {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
      throw new Error(`The server of the MongoDB protocol could not be built by Go: ${said.slice(-1000)}`);
    }
  }
  const binary = builds()[0];
  if (binary === undefined) throw new Error(`The build by ${INSTALL} left nothing in ${CACHE}.`);
  return binary;
}

/** The newest first. */
function builds(): string[] {
  if (!existsSync(CACHE)) return [];
  const names = readdirSync(CACHE).filter((name) => /^ferretdb-\d+$/.test(name));
  const files = names.map((name) => join(CACHE, name));
  return files.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
}

function onPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // The next folder may have it.
    }
  }
  return null;
}

/** `mongodb-memory-server` would download a server; one that it has already is as good as any. */
function keptByMemoryServer(): string | null {
  const folders = [
    join(homedir(), '.cache', 'mongodb-binaries'),
    fileURLToPath(new URL('../../../node_modules/.cache/mongodb-memory-server', import.meta.url)),
  ];
  for (const folder of folders.filter((path) => existsSync(path))) {
    const name = readdirSync(folder).find((file) => /^mongod-.*\d$/.test(file));
    if (name !== undefined) return join(folder, name);
  }
  return null;
}
