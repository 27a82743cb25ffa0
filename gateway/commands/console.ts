import { printable } from '../../adapters/kit/printable.ts';

/** Writes to standard output what may hold words from outside: file names, configurations, answers of sources. */
export function print(text: string): void {
  process.stdout.write(printable(text));
}

/** The same to standard error. */
export function printError(text: string): void {
  process.stderr.write(printable(text));
}
