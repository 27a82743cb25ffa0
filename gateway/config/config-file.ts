import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml';
import { redactValue } from '../../adapters/kit/printable.ts';
import { ConfigError, type ConfigFault, type Path } from './config-error.ts';

export interface ConfigText {
  /** The file's absolute path; null where there is none, and the built-in configuration holds. */
  readonly file: string | null;
  readonly text: string;
  /** What relative paths are relative to. */
  readonly folder: string;
}

/** The configuration if there is no file: the native store in ./data, open to this machine only. */
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

/** The port to listen on: `--port`, then PORT, then the file. A string is a fault. */
export function listenPort(flag: string | undefined, env: NodeJS.ProcessEnv, fromFile: number): number | string {
  const [text, name] = flag === undefined ? [env.PORT, 'PORT'] : [flag, '--port'];
  if (text === undefined || (text === '' && flag === undefined)) return fromFile;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : `${name} must be a port from 0 to 65535, and "${redactValue(text, 40)}" is not.`;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlText {
  /** Plain values; undefined where the text is no YAML. */
  readonly value: unknown;
  readonly faults: readonly ConfigFault[];
  /** The place of a key, or of the nearest one above it. */
  placeOf(path: Path): Place;
}

/** In our own words where the parser would quote the value, which may be a secret that needs quotes. */
const MESSAGES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'This key is there twice.',
  TAG_RESOLVE_FAILED: 'A value that begins with "!" must be in quotes.',
  BAD_ALIAS: 'A value that begins with "*" or "&" must be in quotes.',
};

/** Reads YAML and remembers where everything stood. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = document.errors.map((error): ConfigFault => {
    const message = MESSAGES[error.code] ?? `${error.message}.`;
    return { path: '', message: message.replace(/\.\.$/, '.'), ...at(error.pos[0]) };
  });
  for (const warning of document.warnings) {
    const message = MESSAGES[warning.code];
    if (message !== undefined) faults.push({ path: '', message, ...at(warning.pos[0]) });
  }
  visit(document, {
    Alias: (_, node) => {
      if (node.resolve(document) !== undefined) return;
      faults.push({ path: '', message: MESSAGES.BAD_ALIAS ?? '', ...at(node.range?.[0] ?? 0) });
    },
  });
  return {
    value: faults.length === 0 ? document.toJS() : undefined,
    faults,
    placeOf: (path) => at(offsetOf(document.contents, path)),
  };
}

function offsetOf(contents: Node | null, path: Path): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const step of path) {
    const child: Pair | unknown = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(step))
      : isSeq(node)
        ? node.items[Number(step)]
        : undefined;
    if (child === undefined) return offset;
    const mark: unknown = isPair(child) ? child.key : child;
    if (typeof mark === 'object' && mark !== null && 'range' in mark && Array.isArray(mark.range)) {
      offset = Number(mark.range[0]);
    }
    node = isPair(child) ? child.value : child;
  }
  return offset;
}

export interface Interpolation {
  readonly value: unknown;
  readonly faults: readonly { readonly path: Path; readonly message: string }[];
}

/**
 * Puts `${NAME}` from the environment and `${file:PATH}` from a file (without its last line break) into every text;
 * `$${` stands for `${` itself. Paths are relative to `folder`.
 */
export function interpolate(tree: unknown, folder: string, env: NodeJS.ProcessEnv): Interpolation {
  const faults: { path: Path; message: string }[] = [];
  const walk = (node: unknown, path: Path): unknown => {
    if (typeof node === 'string') {
      return node.replaceAll(/\$?\$\{([^}]*)(\}?)/g, (whole, name: string, end: string) => {
        if (whole.startsWith('$$')) return whole.slice(1);
        const found =
          end === ''
            ? 'Its "${" has no closing brace; "$${" is how to write these two characters.'
            : lookUp(name, folder, env);
        if (typeof found !== 'string') return found.value;
        faults.push({ path, message: found });
        return '';
      });
    }
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
  };
  return { value: walk(tree, []), faults };
}

/** A string is a fault. */
function lookUp(name: string, folder: string, env: NodeJS.ProcessEnv): { readonly value: string } | string {
  if (name.startsWith('file:')) {
    const path = name.slice('file:'.length);
    try {
      return { value: readFileSync(resolve(folder, path), 'utf8').replace(/\r?\n$/, '') };
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      return `The file "${path}" that \${file:${path}} names cannot be read (${reason}).`;
    }
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return `What is in the braces of "\${…}" names neither an environment variable nor a file (\${file:PATH}).`;
  }
  const value = env[name];
  return value === undefined ? `The environment variable ${name} is not set.` : { value };
}
