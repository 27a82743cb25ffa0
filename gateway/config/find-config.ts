import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from './config-error.ts';

export interface ConfigText {
  /** The file's absolute path; null where there is none, and the built-in configuration holds. */
  readonly file: string | null;
  readonly text: string;
  /** What relative paths are relative to. */
  readonly folder: string;
}

/** What holds where there is no file: the native store in ./data, open to this machine alone. */
const BUILT_IN = 'submit: { into: native, openSubmit: true }\n';

/** The configuration of the machine, where the working directory has none. */
const SYSTEM_FILE = '/etc/kcigraph/kcigraph.yaml';

/**
 * Finds the configuration: the flag, then KCIGRAPH_CONFIG, then ./kcigraph.yaml, then that of the machine, then the
 * built-in one.
 */
export function findConfig(
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  workingFolder: string,
  systemFile = SYSTEM_FILE,
): ConfigText {
  const [named, by] = flag === undefined ? [env.KCIGRAPH_CONFIG, 'KCIGRAPH_CONFIG'] : [flag, '--config'];
  const asked = named === '' && flag === undefined ? undefined : named;
  if (asked !== undefined) return readConfig(resolve(workingFolder, asked), by);
  const own = resolve(workingFolder, 'kcigraph.yaml');
  const file = [own, systemFile].find((each) => existsSync(each));
  return file === undefined ? { file: null, text: BUILT_IN, folder: workingFolder } : readConfig(file, null);
}

/** @throws {ConfigError} where the file cannot be read */
function readConfig(file: string, by: string | null): ConfigText {
  try {
    return { file, text: readFileSync(file, 'utf8'), folder: dirname(file) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    const subject = by === null ? `The configuration ${file}` : `The configuration ${file} that ${by} names`;
    throw new ConfigError(subject, [{ path: '', message: `The file ${reason}.`, line: null, column: null }]);
  }
}
