import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { MongoClient } from 'mongodb';
import { type FoundServer, ownServer, type Patience } from './find-server.ts';

const READY_MS = 30_000;

type Local = Exclude<FoundServer, { kind: 'uri' }>;

/** A server of this process, on a folder and a port that stay when it is started again. */
export class ServerProcess {
  readonly #found: Local;
  readonly #port: number;
  readonly #folder: string;
  readonly #patience: Patience;
  #child: ChildProcessByStdio<Writable, Readable, Readable> | null = null;
  #said = '';

  private constructor(found: Local, port: number, folder: string, patience: Patience) {
    this.#found = found;
    this.#port = port;
    this.#folder = folder;
    this.#patience = patience;
  }

  static async start(found: Local, patience: Patience = {}): Promise<ServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'kcigraph-mongodb-'));
    const server = new ServerProcess(found, await freePort(), folder, patience);
    try {
      await server.begin();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  get url(): string {
    return `mongodb://127.0.0.1:${this.#port}/`;
  }

  /** Starts it, or starts it again. */
  async begin(): Promise<void> {
    const [command, ...parameters] = await this.#command();
    if (command === undefined) throw new Error('There is no command.');
    await mkdir(join(this.#folder, 'data'), { recursive: true });
    // In a group of its own: Ctrl-C in a terminal lets whoever asks it end first.
    const child = spawn(command, parameters, { cwd: this.#folder, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#said = `${this.#said}${text}`.slice(-2000);
      });
    }
    await this.#answered();
  }

  /** Ends it at once, as a machine that loses its power would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(late);
  }

  async #command(): Promise<readonly string[]> {
    const data = join(this.#folder, 'data');
    const address = `127.0.0.1:${this.#port}`;
    if (this.#found.kind === 'own') return [await ownServer(this.#patience), data, address];
    if (this.#found.kind === 'mongod') {
      const log = ['--logpath', join(this.#folder, 'log')];
      return [this.#found.binary, '--dbpath', data, '--bind_ip', '127.0.0.1', '--port', String(this.#port), ...log];
    }
    const handler = ['--handler=sqlite', `--sqlite-url=file:${data}/`, '--telemetry=disable', '--debug-addr=-'];
    return [this.#found.binary, `--listen-addr=${address}`, ...handler];
  }

  async #answered(): Promise<void> {
    const end = Date.now() + READY_MS;
    for (;;) {
      const client = new MongoClient(this.url, { serverSelectionTimeoutMS: 1000 });
      try {
        await client.db('admin').command({ ping: 1 });
        return;
      } catch (cause) {
        if (Date.now() > end || this.#child?.exitCode !== null)
          throw new Error(`The server of the MongoDB protocol did not start: ${this.#said}`, { cause });
      } finally {
        await client.close();
      }
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('The system gave no port.');
  return address.port;
}
