import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

// The folder of an installed package is not ours to write to.
const CACHE = import.meta.filename.endsWith('.ts')
  ? fileURLToPath(new URL('../../../.cache/mongodb/', import.meta.url))
  : join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kcigraph');
const PROGRESS_MS = 15_000;
const BUILD = fileURLToPath(new URL('./build.sh', import.meta.url));

/** What the tests and the demo may run on: the first of these that is there. */
export type FoundServer =
  /** Somebody else's; whoever uses it has a database of its own on it. */
  | { readonly kind: 'uri'; readonly url: string }
  | { readonly kind: 'mongod' | 'ferretdb'; readonly binary: string }
  /** Our own program round FerretDB, built by Go when it is first needed. */
  | { readonly kind: 'own' };

/** Of whoever waits for a build. */
export interface Patience {
  /** Hears what takes long. */
  readonly tell?: (line: string) => void;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

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

/** The program round FerretDB; built now where it is not there yet, which `tell` hears of. */
export async function ownServer({ tell, signal }: Patience = {}): Promise<string> {
  if (onPath('go') !== null) await build(tell ?? (() => {}), signal);
  const binary = builds()[0];
  if (binary === undefined) throw new Error(`The build by ${BUILD} left nothing in ${CACHE}.`);
  return binary;
}

async function build(tell: (line: string) => void, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const child = spawn('sh', [BUILD, CACHE], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  // Go and its compilers are of the same group.
  const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM');
  signal?.addEventListener('abort', end, { once: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-1000);
  });
  createInterface({ input: child.stdout }).on('line', tell);
  const began = performance.now();
  const progress = setInterval(() => {
    tell(`Go still builds FerretDB (${Math.round((performance.now() - began) / 1000)} s).`);
  }, PROGRESS_MS);
  const [code] = await once(child, 'close');
  clearInterval(progress);
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
  if (code !== 0) throw new Error(`The server of the MongoDB protocol could not be built by Go: ${said}`);
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
