import { nearestName } from '../../adapters/kit/kcidb/validator.ts';
import { printable } from '../../adapters/kit/printable.ts';
import { GatewayError } from '../app/gateway-error.ts';
import { ConfigError } from '../config/config-error.ts';
import {
  type Command,
  CommandError,
  commandHelp,
  type ExitCode,
  generalHelp,
  packageVersion,
  parseArguments,
  UsageError,
} from './command.ts';

/** Where help and faults go; what a command gives goes to the process's own. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Runs a command line, and gives its exit code: 0 done, 1 failed, 2 bad usage or configuration. Never throws. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal = process): Promise<ExitCode> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    return report(error, terminal);
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-v') {
    terminal.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = name !== undefined;
    (asked ? terminal.stdout : terminal.stderr).write(generalHelp(await summaries()));
    return asked ? 0 : 2;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw unknownCommand(name);
  const command = await load();
  const args = parseArguments(name, command, rest);
  if (args.on('help')) {
    terminal.stdout.write(commandHelp(name, command));
    return 0;
  }
  return await command.run(args);
}

async function summaries(): Promise<(readonly [string, string])[]> {
  return await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => [name, (await load()).summary] as const),
  );
}

function unknownCommand(name: string): UsageError {
  const nearest = nearestName(name, Object.keys(COMMANDS));
  const hint = nearest === undefined ? '"kcigraph --help" lists them.' : `did you mean "${nearest}"?`;
  return new UsageError(`kcigraph has no command "${name.slice(0, 40)}": ${hint}`);
}

function report(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof UsageError || error instanceof ConfigError) {
    terminal.stderr.write(printable(`${error.message}\n`));
    return 2;
  }
  const known = error instanceof CommandError || error instanceof GatewayError;
  const text = known ? error.message : error instanceof Error ? error.stack : String(error);
  terminal.stderr.write(printable(`${text}\n`));
  return 1;
}

/** Every command and the file that it lies in; loaded only when it is asked for, so that `--help` answers at once. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  demo: async () => (await import('./demo.ts')).demo,
  submit: async () => (await import('./submit.ts')).submit,
  check: async () => (await import('./check.ts')).check,
  migrate: async () => (await import('./migrate.ts')).migrate,
  token: async () => (await import('./token.ts')).token,
  purge: async () => (await import('./purge.ts')).purge,
  new: async () => (await import('./new.ts')).newAdapter,
  'print-schema': async () => (await import('./print-schema.ts')).printSchema,
};
