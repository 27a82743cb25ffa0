import { runCommandLine } from './run-command-line.ts';

process.exitCode = await runCommandLine(process.argv.slice(2));
// Everything is closed by now: a handle that was left open must not keep the process alive.
setTimeout(() => process.exit(), 3_000).unref();
