import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { z } from 'zod';
import { type AdapterModule, PATH_KIND } from '../../adapters/contract/adapter.ts';
import { nearestName } from '../../adapters/kit/kcidb/validator.ts';
import { redactValue } from '../../adapters/kit/printable.ts';
import { ADAPTER_MODULES } from '../federation/adapter-modules.ts';
import {
  type Explained,
  explainIssue,
  inputSchema,
  keysAt,
  type Path,
  unknownKey,
  unknownKeys,
} from './config-error.ts';
import { SOURCE_SCHEMA } from './config-schema.ts';
import type { PlugIn } from './plug-in.ts';

type Common = z.infer<typeof SOURCE_SCHEMA>;

/** A source as the file describes it, with the defaults of its adapter filled in. Times are milliseconds. */
export interface SourceConfig {
  readonly name: string;
  readonly adapter: string;
  readonly module: AdapterModule;
  /** As the adapter's schema gave them. */
  readonly options: unknown;
  /** Of a plug-in: what its code is known by, and whether other code lies on disk since it was loaded. */
  readonly codeVersion: string | undefined;
  readonly isOutdated: boolean;
  readonly timeout: number;
  readonly concurrency: number;
  readonly rate: number | null;
  /** Undefined where it is not given, which lets the adapter's own options decide. */
  readonly cacheTtl: number | undefined;
  readonly staleIfError: number;
  readonly priority: number;
  readonly breaker: Common['breaker'];
  readonly restAfter429: number;
  readonly offline: boolean;
  readonly privateAddresses: boolean;
  /** Certificates and key as PEM. */
  readonly tls: Tls | undefined;
}

const COMMON = inputSchema(SOURCE_SCHEMA);
const COMMON_KEYS = Object.keys(SOURCE_SCHEMA.shape);

export interface SourceReading {
  readonly config: SourceConfig | null;
  readonly faults: readonly Explained[];
}

export interface GivenSource {
  readonly name: string;
  /** What the file has under that name. */
  readonly given: unknown;
  /** What relative paths are relative to. */
  readonly folder: string;
  /** `limits.deadline`, in milliseconds. */
  readonly deadline: number;
  /** Options that a command sets, where the adapter has them. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** The value at a path of the file, as it was written. */
  raw(path: Path): unknown;
}

/** Checks one source: what all take, then what its adapter takes. */
export async function readSource(source: GivenSource): Promise<SourceReading> {
  const { name, given, folder, deadline, overrides } = source;
  const here: Path = ['sources', name];
  const faults: Explained[] = [];
  const add = (list: readonly Explained[]) => {
    faults.push(...list.map(({ path, message }) => ({ path: [...here, ...path], message })));
  };
  const rawHere = (path: Path) => source.raw([...here, ...path]);
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
    add([{ path: [], message: 'A source is named by a letter, then up to 63 letters, digits, "-" and "_".' }]);
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    add([
      {
        path: [],
        message: 'It must be a mapping of keys to values, such as { adapter: postgres, url: "embedded:./data" }.',
      },
    ]);
    return { config: null, faults };
  }
  const entries = Object.entries(given);
  const common = SOURCE_SCHEMA.safeParse(Object.fromEntries(entries.filter(([key]) => COMMON_KEYS.includes(key))));
  if (!common.success) {
    add(common.error.issues.flatMap((issue) => explainIssue(issue, (path) => keysAt(COMMON, path), rawHere)));
  }
  const named = 'adapter' in given && typeof given.adapter === 'string' ? given.adapter : null;
  const found = named === null ? null : await findAdapter(named, folder);
  if (typeof found === 'string') add([{ path: ['adapter'], message: found }]);
  if (found === null || typeof found === 'string') return { config: null, faults };
  const { module, plugIn } = found;

  const schema = inputSchema(module.options);
  const own = Object.fromEntries(
    entries
      .filter(([key]) => !COMMON_KEYS.includes(key))
      .map(([key, value]) => [key, fromFolder(value, schema.properties?.[key]?.kind, folder)]),
  );
  const keys = (path: Path) => [...keysAt(schema, path), ...(path.length === 0 ? COMMON_KEYS : [])];
  const strangers = unknownKeys(schema, own);
  add(strangers.map((path) => ({ path, message: unknownKey(String(path.at(-1)), keys(path.slice(0, -1))) })));
  const overriding = Object.entries(overrides).filter(([key]) => keys([]).includes(key));
  const wanted = { ...own, ...Object.fromEntries(overriding) };
  const options = module.options.safeParse(wanted);
  if (!options.success) {
    const issues = options.error.issues.filter((issue) => issue.code !== 'unrecognized_keys');
    add(issues.flatMap((issue) => explainIssue(issue, keys, rawHere)));
  }
  const timeout = common.data?.timeout ?? module.defaults.timeout;
  const late = timeout >= deadline;
  if (late && common.data?.timeout !== undefined) {
    const message = `A call may take ${timeout} ms, which must be less than limits.deadline, ${deadline} ms.`;
    add([{ path: ['timeout'], message }]);
  }
  const transport = common.data?.tls === undefined ? null : readTls(common.data.tls, folder);
  add(transport?.faults ?? []);
  if (!common.success || !options.success) return { config: null, faults };
  // A default gives way to a short deadline, so that the source is reported before the whole request is over.
  const fitting = late ? Math.max(1, Math.floor(deadline * 0.8)) : timeout;
  return {
    config: {
      ...module.defaults,
      ...defined(common.data),
      cacheTtl: common.data.cacheTtl,
      tls: transport?.tls,
      name,
      module,
      options: options.data,
      codeVersion: plugIn?.fingerprint,
      isOutdated: plugIn?.isOutdated ?? false,
      timeout: fitting,
    },
    faults,
  };
}

/** A path, and the folder in `embedded:./data`, lie beside the configuration file, wherever the command is run. */
function fromFolder(value: unknown, kind: string | undefined, folder: string): unknown {
  if (typeof value === 'string' && value !== '' && kind === PATH_KIND) return resolve(folder, value);
  if (typeof value !== 'string' || !value.startsWith('embedded:')) return value;
  return `embedded:${resolve(folder, value.slice('embedded:'.length))}`;
}

function defined<T extends object>(value: T): Pick<T, RequiredKeys<T>> & Partial<T>;
function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}

type RequiredKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];

/** What `adapter:` names; null as plug-in where it is built in. */
export interface FoundAdapter {
  readonly module: AdapterModule;
  readonly plugIn: PlugIn | null;
}

/** Finds what `adapter:` names: built in, a file (relative to the configuration), or an npm package. A string is a fault. */
export async function findAdapter(name: string, folder: string): Promise<FoundAdapter | string> {
  const builtIn = ADAPTER_MODULES.get(name);
  if (builtIn !== undefined) return { module: builtIn, plugIn: null };
  // The hooks of plug-ins are for gateways that have some.
  const { loadPlugIn } = await import('./plug-in.ts');
  const found = await loadPlugIn(name, folder);
  if (found === null) return unknownAdapter(name);
  return typeof found === 'string' ? found : { module: found.module, plugIn: found };
}

function unknownAdapter(name: string): string {
  const nearest = nearestName(name, ADAPTER_MODULES.keys());
  const hint = nearest === undefined ? `built in are ${[...ADAPTER_MODULES.keys()].join(', ')}` : null;
  const short = redactValue(name);
  return hint === null
    ? `There is no adapter "${short}": did you mean "${nearest}"?`
    : `There is no adapter "${short}": ${hint}, and no such npm package is installed; a file starts with "./".`;
}

export interface Tls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly servername?: string | undefined;
}

/** The certificates and the key of a source as PEM, read from the files that are named in their place. */
export function readTls(given: Tls, folder: string): { readonly tls: Tls; readonly faults: readonly Explained[] } {
  const faults: Explained[] = [];
  const pem = (name: 'ca' | 'cert' | 'key') => {
    const value = given[name];
    if (value === undefined || value.includes('-----BEGIN ')) return value;
    try {
      return readFileSync(resolve(folder, value), 'utf8');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      faults.push({ path: ['tls', name], message: `The file "${value.slice(0, 200)}" cannot be read (${code}).` });
      return undefined;
    }
  };
  const tls = { ca: pem('ca'), cert: pem('cert'), key: pem('key'), servername: given.servername };
  if (faults.length === 0) {
    try {
      // Certificates to trust that are none would be passed over without a word.
      if (tls.ca !== undefined) new X509Certificate(tls.ca);
      createSecureContext({ ca: tls.ca, cert: tls.cert, key: tls.key });
    } catch {
      const message = 'Its certificates and its key must be PEM, and the key that of the certificate.';
      faults.push({ path: ['tls'], message });
    }
  }
  return { tls, faults };
}
