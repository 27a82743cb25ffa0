import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/load-config.ts';
import { CommandError, UsageError } from './command.ts';

/** The first line of a command that works by a configuration: which one that is. */
export function describeConfig({ file, dataDir }: Config): string {
  return `Configuration: ${file ?? `none, so the built-in one, with the data in ${dataDir}`}.\n`;
}

/**
 * Refuses to go on where a source is an embedded store that is not there yet: starting it would make an empty one.
 * @param sources the names of those that are started
 * @throws {UsageError} without a configuration file: the command was probably run in the wrong folder
 * @throws {CommandError} with one
 */
export async function requireStores(config: Config, sources: readonly string[]): Promise<void> {
  for (const source of sources) {
    const folder = embeddedFolder(config, source);
    if (folder === null || (await exists(join(folder, 'postgres')))) continue;
    if (config.file !== null) throw new CommandError(`There is no store of the source "${source}" in ${folder} yet.`);
    throw new UsageError(
      `There is no configuration file and no store in ${folder}: name the configuration with --config, or run the command in the folder that has one of them.`,
    );
  }
}

function embeddedFolder(config: Config, name: string): string | null {
  const options = config.sources.find((source) => source.name === name)?.options;
  const url: unknown = typeof options === 'object' && options !== null ? Reflect.get(options, 'url') : null;
  return typeof url === 'string' && url.startsWith('embedded:') ? url.slice('embedded:'.length) : null;
}

/** A folder that may not be entered is there. */
async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error: unknown) => !(error instanceof Error && 'code' in error && error.code === 'ENOENT'),
  );
}
