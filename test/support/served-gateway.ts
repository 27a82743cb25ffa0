import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { LAUNCHER, type RunningCommand, startCommand } from './command.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

export interface Asked {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly source?: string };
  }[];
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Until the whole answer was there. */
  readonly ms: number;
}

/** A line of the gateway's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface ServedOptions {
  /** In the place of a new one; it is left as it is then. */
  readonly folder?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Further files beside the configuration, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** `kcigraph serve` as its own process, as an operator runs it: with a configuration, a log of JSON, and signals. */
export class ServedGateway {
  readonly folder: string;
  readonly #command: RunningCommand;
  readonly #isOwnFolder: boolean;

  private constructor(folder: string, command: RunningCommand, isOwnFolder: boolean) {
    this.folder = folder;
    this.#command = command;
    this.#isOwnFolder = isOwnFolder;
  }

  static async start(config: string, options: ServedOptions = {}): Promise<ServedGateway> {
    const folder = options.folder ?? (await temporaryFolder());
    const files = { ...options.files, 'kcigraph.yaml': config };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const args = [LAUNCHER, 'serve', '--port', '0'];
    const command = await startCommand(process.execPath, args, folder, options.env ?? {});
    return new ServedGateway(folder, command, options.folder === undefined);
  }

  get url(): string {
    return this.#command.url;
  }

  get process() {
    return this.#command.process;
  }

  get log(): readonly LogLine[] {
    const lines = this.#command.output().split('\n');
    return lines.flatMap((line) => (line.startsWith('{"level"') ? [JSON.parse(line)] : []));
  }

  async ask(query: string, signal: AbortSignal | null = null): Promise<Asked> {
    const start = performance.now();
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      signal,
    });
    const { data = null, errors = [], extensions = {} } = JSON.parse(await response.text());
    return { status: response.status, data, errors, extensions, ms: performance.now() - start };
  }

  /** POST /submit; further headers may be given. */
  async submit(document: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const sent = { 'content-type': 'application/json', ...headers };
    return await fetch(`${this.url}/submit`, { method: 'POST', headers: sent, body: document });
  }

  /** The sum over all labels of a figure at /metrics, or of those lines only that hold a text. */
  async metric(name: string, within = ''): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => /^[a-z_]+/.exec(line)?.[0] === name && line.includes(within));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  /** Writes another configuration and tells the gateway. */
  async configure(config: string): Promise<void> {
    await writeFile(join(this.folder, 'kcigraph.yaml'), config);
    this.process.kill('SIGHUP');
  }

  /** The same, and gives what it says to that. */
  async reload(config: string): Promise<LogLine> {
    const answers = () => this.log.filter(({ msg }) => /is served by from now on|is refused, and the one/.test(msg));
    const before = answers().length;
    await this.configure(config);
    await expect.poll(() => answers().length, { timeout: 15_000, interval: 20 }).toBe(before + 1);
    const line = answers().at(-1);
    if (line === undefined) throw new Error('The gateway said nothing to the new configuration.');
    return line;
  }

  /** SIGTERM; gives the exit code, and removes the folder where it was made here. */
  async stop(): Promise<number | null> {
    const code = await this.#command.stop();
    if (this.#isOwnFolder) await removeFolder(this.folder);
    return code;
  }
}
