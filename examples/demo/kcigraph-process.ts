import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Compiled where this file is. */
const MAIN = fileURLToPath(new URL(`../../gateway/cli/main${extname(import.meta.filename)}`, import.meta.url));
const LAST_WORDS = 4000;

/** A `kcigraph` of its own process group, so that Ctrl-C reaches it through the demo alone; it ends with the demo. */
function start(args: readonly string[], folder: string): ChildProcess & { readonly stdout: NodeJS.ReadableStream } {
  const env = { ...process.env };
  delete env.KCIGRAPH_CONFIG;
  const stdio: ['ignore', 'pipe', 'pipe', 'ipc'] = ['ignore', 'pipe', 'pipe', 'ipc'];
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env, stdio, detached: true });
  if (child.stdout === null) throw new Error('The system gave no pipe.');
  return Object.assign(child, { stdout: child.stdout });
}

/** What it said on standard error, the last of it. */
function lastWords(child: ChildProcess): () => string {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-LAST_WORDS);
  });
  return () => said.trim();
}

/** Runs a command to its end. @throws where it failed, with what it said */
export async function runKcigraph(args: readonly string[], folder: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const child = start(args, folder);
  const said = lastWords(child);
  child.stdout.resume();
  const end = () => child.kill('SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  const [code] = await once(child, 'close');
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`"kcigraph ${args[0]}" failed: ${said()}`);
}

/** A gateway that serves. */
export interface Gateway {
  readonly url: string;
  /** Resolves when it ends by itself, with what it said. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}

/** Serves by the configuration in the folder. @throws where it cannot, with what it said */
export async function startGateway(args: readonly string[], folder: string, signal: AbortSignal): Promise<Gateway> {
  signal.throwIfAborted();
  const child = start(['serve', ...args], folder);
  const said = lastWords(child);
  const ended = once(child, 'close').then(() => said());
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  const listening = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const url = /listens on (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) listening.resolve(url);
  });
  void ended.then((words) => listening.reject(new Error(words)));
  const leave = () => listening.reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return { url: await listening.promise, lost: ended, close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
