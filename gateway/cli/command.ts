import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { nearestName } from '../../adapters/kit/kcidb/validator.ts';

/** A flag of a command, as `--help` shows it. */
export interface Flag {
  /** The placeholder of its value in the help, such as `FILE`; absent: the flag takes no value. */
  readonly value?: string;
  /** May be given several times. */
  readonly repeated?: boolean;
  /** One line. */
  readonly description: string;
}

/** The parsed command line of one command. */
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

/** One command of `kcigraph`. */
export interface Command {
  /** One line for the list of all commands. */
  readonly summary: string;
  /** What follows the name, such as `FILE...` or `[SOURCE]`; empty where nothing may. */
  readonly operands: string;
  /** Lines that `--help` shows under the flags, where they help. */
  readonly details?: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Throws `UsageError` and `ConfigError` (exit code 2), `CommandError` and `GatewayError` (1); any other is a bug. */
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

export const CONFIG_FLAG: Flag = {
  value: 'FILE',
  description:
    'the configuration (default: KCIGRAPH_CONFIG, else ./kcigraph.yaml, else /etc/kcigraph/kcigraph.yaml, else built-in)',
};

/** Reads a command's part of the command line, `--help` included. Throws `UsageError` that says what would be right. */
export function parseArguments(name: string, command: Command, argv: readonly string[]): Arguments {
  const flags: Readonly<Record<string, Flag>> = { ...command.flags, help: { description: 'show this' } };
  const options: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' } };
  for (const [flag, { value }] of Object.entries(command.flags)) {
    options[flag] = { type: value === undefined ? 'boolean' : 'string', multiple: value !== undefined };
  }
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (flag === undefined) throw unknownFlag(name, token.rawName, Object.keys(flags));
    if (flag.value === undefined && token.value !== undefined) {
      throw new UsageError(`${token.rawName} takes no value, and "${token.value}" was given.`);
    }
    if (flag.value !== undefined && (token.value === undefined || isFlag(token.value, token.inlineValue, flags))) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${flag.value}.`);
    }
    if (flag.value !== undefined && flag.repeated !== true && list(values[token.name]).length > 1) {
      throw new UsageError(`${token.rawName} was given ${list(values[token.name]).length} times; once is enough.`);
    }
  }
  if (positionals.length > 0 && command.operands === '' && values.help !== true) {
    throw new UsageError(`"kcigraph ${name}" takes flags only, and "${positionals[0]}" was given.`);
  }
  return {
    text: (flag) => list(values[flag]).at(-1),
    list: (flag) => list(values[flag]),
    on: (flag) => values[flag] === true,
    positionals,
  };
}

function unknownFlag(command: string, given: string, known: readonly string[]): UsageError {
  const nearest = nearestName(given.replace(/^-+/, ''), known);
  const hint = nearest === undefined ? `"kcigraph ${command} --help" lists its flags` : `did you mean --${nearest}?`;
  return new UsageError(`"kcigraph ${command}" has no flag ${given}: ${hint}${hint.endsWith('?') ? '' : '.'}`);
}

// A forgotten value must not swallow the next flag.
function isFlag(value: string, inline: boolean | undefined, flags: Readonly<Record<string, Flag>>): boolean {
  return inline !== true && value.startsWith('--') && Object.hasOwn(flags, value.slice(2).split('=')[0] ?? '');
}

function list(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((item): item is string => typeof item === 'string');
}

/** What `kcigraph COMMAND --help` prints. */
export function commandHelp(name: string, command: Command): string {
  const flags = Object.entries({ ...command.flags, help: { description: 'show this' } }).map(([flag, { ...about }]) => {
    const value = 'value' in about && about.value !== undefined ? ` ${about.value}` : '';
    return [`--${flag}${value}`, about.description] as const;
  });
  const usage = ['kcigraph', name, command.operands, '[FLAG...]'].filter((part) => part !== '').join(' ');
  const details = command.details === undefined ? '' : `\n${command.details.trim()}\n`;
  return `${command.summary}\n\nUsage: ${usage}\n\nFlags:\n${columns(flags)}${details}`;
}

/** What `kcigraph --help` prints. */
export function generalHelp(summaries: readonly (readonly [string, string])[]): string {
  return `kcigraph: one GraphQL endpoint over every CI system that tests the Linux kernel.

Usage: kcigraph COMMAND [FLAG...]

Commands:
${columns(summaries)}
"kcigraph COMMAND --help" describes a command; "kcigraph --version" prints the version.
Exit codes: 0 done, 1 failed, 2 bad usage or configuration.
`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('');
}

/** The version in package.json, found the same way in a checkout and in the installed package. */
export function packageVersion(): string {
  const text = readFileSync(fileURLToPath(import.meta.resolve('kcigraph/package.json')), 'utf8');
  const content: unknown = JSON.parse(text);
  if (typeof content === 'object' && content !== null && 'version' in content) return String(content.version);
  throw new Error('package.json of kcigraph has no version.');
}
