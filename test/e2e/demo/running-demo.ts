import { readdir } from 'node:fs/promises';
import { commandEnv, LAUNCHER, type RunningCommand, startCommand } from '../../support/command.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

interface Told {
  readonly message: string;
  readonly extensions: Record<string, unknown>;
}

export interface Answered {
  readonly data: Record<string, unknown>;
  readonly errors: readonly Told[];
  readonly warnings: readonly Told[];
}

/** `kcigraph demo` as a person starts it, with all its temporary files in a folder of its own. */
export class RunningDemo {
  readonly url: string;
  readonly #command: RunningCommand;
  readonly #folder: string;

  private constructor(command: RunningCommand, folder: string) {
    this.url = command.url;
    this.#command = command;
    this.#folder = folder;
  }

  static async start(flags: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<RunningDemo> {
    const folder = await temporaryFolder();
    const args = [LAUNCHER, 'demo', '--port', '0', ...flags];
    const command = await startCommand(process.execPath, args, folder, commandEnv({ ...env, TMPDIR: folder }));
    return new RunningDemo(command, folder);
  }

  get output(): string {
    return this.#command.output();
  }

  async ask(query: string, variables: object = {}): Promise<Answered> {
    const answer = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors = [], extensions } = JSON.parse(await answer.text());
    return { data, errors, warnings: extensions?.warnings ?? [] };
  }

  /** The exit code, and the names of what was left behind. */
  async stop(): Promise<{ readonly code: number | null; readonly left: readonly string[] }> {
    const code = await this.#command.stop();
    const left = await readdir(this.#folder);
    await removeFolder(this.#folder);
    return { code, left };
  }
}
