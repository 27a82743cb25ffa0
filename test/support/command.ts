import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The launcher, as a person in the checkout starts it. */
export const LAUNCHER = fileURLToPath(new URL('../../bin/kcigraph.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly url: string;
  readonly process: ChildProcess;
  output(): string;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
}

/** The environment of a command, without what would configure it from outside. */
export function commandEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { PORT: _, KCIGRAPH_CONFIG: __, KCIGRAPH_TOKEN: ___, ...env } = process.env;
  return { ...env, ...more };
}

/** Runs `kcigraph ARGS` to its end. */
export async function runCommand(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd,
    env: commandEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const [code] = await once(child, 'close');
  return { code: typeof code === 'number' ? code : null, stdout: stdout(), stderr: stderr() };
}

/** Starts a program that serves, and waits until it says where. */
export async function startCommand(
  file: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<RunningCommand> {
  const child = spawn(file, args, { cwd, env: commandEnv(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const exited = once(child, 'exit');
  const said = Promise.withResolvers<string>();
  child.stdout.on('data', () => {
    const url = /http:\/\/(?:127\.0\.0\.1|\[::1\]):\d+/.exec(stdout())?.[0];
    if (url !== undefined) said.resolve(url);
  });
  void exited.then(([code]) =>
    said.reject(new Error(`It ended with ${code} before it listened:\n${stdout()}${stderr()}`)),
  );
  const late = setTimeout(() => {
    child.kill('SIGKILL');
    said.reject(new Error(`It did not listen within a minute:\n${stdout()}${stderr()}`));
  }, 60_000);
  const url = await said.promise.finally(() => clearTimeout(late));
  return {
    url,
    process: child,
    output: () => stdout() + stderr(),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
  };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
