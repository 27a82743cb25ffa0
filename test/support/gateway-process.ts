import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/kcigraph.js', import.meta.url));
const READY_WITHIN_MS = 60_000;

/** A gateway as its own process, as a user starts it, in a folder of its own. */
export interface GatewayProcess {
  readonly url: string;
  readonly folder: string;
  readonly process: ChildProcess;
  /** All it printed so far. */
  output(): string;
  /** A query by POST; the parsed answer. */
  query(query: string, variables?: object): Promise<GraphQLAnswer>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
}

export interface GraphQLAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Record<string, unknown>;
  }[];
  readonly extensions?: Record<string, unknown>;
}

/** A new folder that also the user of an embedded PostgreSQL can enter. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kcigraph-test-'));
  await chmod(folder, 0o755);
  return folder;
}

/**
 * Starts `kcigraph serve` in `folder` (a new one by default), with this configuration file if one is given. `launcher` is
 * that of another checkout; with `logFile` the output goes there.
 */
export async function startGateway(
  options: { folder?: string; config?: string; port?: number; launcher?: string; logFile?: string } = {},
): Promise<GatewayProcess> {
  const folder = options.folder ?? (await temporaryFolder());
  if (options.config !== undefined) await writeFile(join(folder, 'kcigraph.yaml'), options.config);
  const args = [options.launcher ?? LAUNCHER, 'serve', '--port', String(options.port ?? 0)];
  // Into a file where reading it would take time from what is measured.
  const out = options.logFile === undefined ? 'pipe' : openSync(options.logFile, 'w');
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', out, out] });
  if (typeof out === 'number') closeSync(out);
  let piped = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      piped += chunk.toString();
    });
  }
  const output = () => (options.logFile === undefined ? piped : readFileSync(options.logFile, 'utf8'));
  const url = await listeningAddress(child, output);
  return {
    url,
    folder,
    process: child,
    output,
    query: (query, variables) => post(`${url}/graphql`, { query, variables }),
    stop: () => stop(child),
  };
}

/** Stops a gateway and removes its folder. */
export async function discardGateway(gateway: GatewayProcess): Promise<void> {
  await gateway.stop();
  await rm(gateway.folder, { recursive: true, force: true });
}

async function listeningAddress(child: ChildProcess, output: () => string): Promise<string> {
  const end = Date.now() + READY_WITHIN_MS;
  while (Date.now() < end) {
    const address = /http:\/\/(?:127\.0\.0\.1|\[::1\]):\d+/.exec(output())?.[0];
    if (address !== undefined && (await isReady(address))) return address;
    if (child.exitCode !== null)
      throw new Error(`The gateway ended with ${child.exitCode} before it was ready:\n${output()}`);
    await delay(50);
  }
  child.kill('SIGKILL');
  throw new Error(`The gateway was not ready within ${READY_WITHIN_MS} ms:\n${output()}`);
}

async function isReady(address: string): Promise<boolean> {
  const answer = await fetch(`${address}/ready`).catch(() => null);
  return answer?.ok ?? false;
}

async function post(url: string, body: object): Promise<GraphQLAnswer> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as GraphQLAnswer;
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
  return child.exitCode;
}
