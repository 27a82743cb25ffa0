/** A flag of a command, as `--help` shows it. */
export interface Flag {
  /** What stands for the value in the help, such as `FILE`; absent: the flag takes none. */
  readonly value?: string;
  /** May be given several times. */
  readonly repeated?: boolean;
  /** One line. */
  readonly description: string;
}

/** What stands on the command line of one command. */
export interface Arguments {
  /** The value of a flag; the last one where it was repeated. */
  text(flag: string): string | undefined;
  /** All values of a repeated flag. */
  list(flag: string): readonly string[];
  /** Whether a flag without a value was given. */
  on(flag: string): boolean;
  readonly positionals: readonly string[];
}

export type ExitCode = 0 | 1 | 2;

/** One command of `kcigraph`, in a file of its own. */
export interface Command {
  /** One line for the list of all commands. */
  readonly summary: string;
  /** What follows the name, such as `FILE...` or `[SOURCE]`; empty where nothing may. */
  readonly operands: string;
  /** Lines that `--help` shows under the flags, where they help. */
  readonly details?: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Throws `UsageError` and `ConfigError` (exit code 2), `CommandError` (1); any other error is a bug. */
  run(args: Arguments): Promise<ExitCode>;
}

/** The command line is wrong: its message is a whole sentence, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command could not do what it was asked to: its message is a whole sentence, exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
