import { nearestName } from '../adapters/kit/kcidb/nearest-name.ts';
import { CommandError, type ExitCode, UsageError } from './commands/command.ts';
import { COMMANDS } from './commands/commands.ts';
import { commandHelp, generalHelp } from './commands/help.ts';
import { packageVersion } from './commands/package-version.ts';
import { parseArguments } from './commands/parse-arguments.ts';
import { ConfigError } from './config/config-error.ts';

/** The command line: gives the exit code (0 done, 1 failed, 2 bad usage or configuration). */
async function main(argv: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = name !== undefined;
    (asked ? process.stdout : process.stderr).write(generalHelp(await summaries()));
    return asked ? 0 : 2;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw unknownCommand(name);
  const command = await load();
  const args = parseArguments(name, command, rest);
  if (args.on('help')) {
    process.stdout.write(commandHelp(name, command));
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

function report(error: unknown): ExitCode {
  if (error instanceof UsageError || error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  const known = error instanceof CommandError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

process.exitCode = await main(process.argv.slice(2)).catch(report);
// All is closed by now: whatever still holds the process must not hold whoever waits for it.
setTimeout(() => process.exit(), 3_000).unref();
