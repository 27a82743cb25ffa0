import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { commandEnv } from '../support/command.ts';

export interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly output: string;
}

/** A shell in which a reader types one block after the other: variables and functions of one are there in the next. */
export class ReaderShell {
  readonly #folder: string;
  readonly #state: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#state = join(folder, `.shell-${name.replaceAll(/\W/g, '-')}`);
  }

  type(block: string, env: NodeJS.ProcessEnv = {}): Promise<Typed> {
    const script = `[ ! -e "$STATE" ] || . "$STATE"\nset -a -euo pipefail\n${block}\nset +a\n{ export -p; declare -f; } > "$STATE"`;
    const options = {
      cwd: this.#folder,
      env: commandEnv({ ...env, STATE: this.#state, NO_COLOR: '1', npm_config_loglevel: 'error' }),
      maxBuffer: 2 ** 26,
      timeout: 120_000,
    };
    return new Promise((resolve) => {
      execFile('bash', ['-c', script], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, output: stdout + stderr });
      });
    });
  }
}
