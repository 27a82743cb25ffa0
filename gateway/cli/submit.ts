import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Fault } from '../../adapters/contract/adapter.ts';
import { printableLine } from '../../adapters/kit/printable.ts';
import { CONFIG_FLAG, type Command, type ExitCode, UsageError } from './command.ts';
import { Progress, print, printError } from './console.ts';
import { type Destination, type Outcome, openStore, openUrl, UnreadableFile } from './submit-destination.ts';

const STDIN = '-';

/** `kcigraph submit`: loads files of KCIDB documents; one that is refused does not stop the others. */
export const submit: Command = {
  summary: 'Load files of KCIDB documents, and say of each that is refused why.',
  operands: 'FILE...',
  flags: {
    to: { value: 'URL', description: 'post them to this gateway instead, with the token in KCIGRAPH_TOKEN' },
    config: CONFIG_FLAG,
  },
  details: `
Each file holds one document of any version from 1.1 to 5.3; "-" is standard input.
Without --to they go into the store that the configuration names, for all origins.`,
  async run(args) {
    if (args.positionals.length === 0) {
      throw new UsageError('"kcigraph submit" needs a file: kcigraph submit FILE..., or - for standard input.');
    }
    if (args.positionals.filter((name) => name === STDIN).length > 1) {
      throw new UsageError('Standard input can be read only once, and "-" was given more often.');
    }
    const to = args.text('to');
    const destination =
      to === undefined ? await openStore(args.text('config')) : openUrl(to, process.env.KCIGRAPH_TOKEN);
    try {
      return await submitFiles(args.positionals, destination);
    } finally {
      await destination.close();
    }
  },
};

async function submitFiles(names: readonly string[], destination: Destination): Promise<ExitCode> {
  const stop = new AbortController();
  const abort = () => stop.abort(new Error('Stopped by a signal.'));
  process.on('SIGINT', abort);
  process.on('SIGTERM', abort);
  try {
    const progress = new Progress(process.stderr, names.length, await totalSize(names));
    let stored = 0;
    for (const name of names) {
      progress.begin();
      const outcome = await submitFile(name, destination, progress, stop.signal);
      progress.clear();
      if (outcome.stored) {
        stored++;
        print(`${nameOf(name)}: ${printableLine(`${outcome.message} Receipt ${outcome.id}.`)}\n`);
      } else printError(describeFailure(nameOf(name), outcome.message, outcome.faults));
      if (stop.signal.aborted) break;
    }
    const rest = names.length - stored;
    print(`${stored} of ${names.length} documents stored${rest === 0 ? '' : `, ${rest} not`}.\n`);
    return rest === 0 ? 0 : 1;
  } finally {
    process.off('SIGINT', abort);
    process.off('SIGTERM', abort);
  }
}

async function submitFile(
  name: string,
  destination: Destination,
  progress: Progress,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return await destination.send(progress.count(readable(name)), signal);
  } catch (error) {
    if (signal.aborted) return { stored: false, message: 'Stopped before it was stored.', faults: [] };
    if (!(error instanceof UnreadableFile)) throw error;
    return { stored: false, message: error.message, faults: [] };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  EISDIR: 'It is a folder: name the files in it.',
  EACCES: 'It may not be read.',
};

/** Opens the file when it is read, so that one that is never read is never open. */
async function* readable(name: string): AsyncGenerator<Uint8Array> {
  try {
    const file: AsyncIterable<Uint8Array> = name === STDIN ? process.stdin : createReadStream(name);
    yield* file;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new UnreadableFile(REASONS[code] ?? `It cannot be read (${code}).`, { cause });
  }
}

async function totalSize(names: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    names.map((name) =>
      name === STDIN
        ? 0
        : stat(name).then(
            ({ size }) => size,
            () => 0,
          ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function nameOf(name: string): string {
  return name === STDIN ? 'standard input' : printableLine(name);
}

/** A refused or failed file as a person reads it: one line, and one for each fault. */
function describeFailure(name: string, message: string, faults: readonly Fault[]): string {
  const lines = faults.map(({ path, rule, message: text, value }) => {
    const shown = value === null || value === '' ? '' : ` [${JSON.stringify(value)}]`;
    return `  ${printableLine(`${path === '' ? '(document)' : path} (${rule}): ${text}${shown}`)}\n`;
  });
  return `${name}: not stored. ${faults.length === 0 ? printableLine(message) : `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}:`}\n${lines.join('')}`;
}
