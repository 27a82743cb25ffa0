import { runCommandLine } from './run-command-line.ts';

process.exitCode = await runCommandLine(process.argv.slice(2));
// All is closed by now: whatever still holds the process must not hold whoever waits for it.
setTimeout(() => process.exit(), 3_000).unref();
