import { resolve } from 'node:path';
import type { z } from 'zod';
import { redactValue } from '../../adapters/kit/printable.ts';
import type { ExampleQuery } from '../http/graphiql.ts';
import {
  ConfigError,
  type ConfigFault,
  type Explained,
  explainIssue,
  inputSchema,
  keysAt,
  type Path,
} from './config-error.ts';
import { findConfig, interpolate, listenPort, readYaml } from './config-file.ts';
import { CONFIG_SCHEMA } from './config-schema.ts';
import { readSource, type SourceConfig } from './source-config.ts';
import { readSubmit, type SubmitConfig } from './submit-config.ts';
import { readTabs } from './tabs.ts';

type Values = z.infer<typeof CONFIG_SCHEMA>;

/** The whole configuration, checked; times are milliseconds, paths absolute. */
export interface Config {
  /** The file's path; null where the built-in configuration holds. */
  readonly file: string | null;
  readonly listen: { readonly host: string; readonly port: number };
  /** By priority, then in the order of the file. */
  readonly sources: readonly SourceConfig[];
  /** Null: no submissions are taken. */
  readonly submit: SubmitConfig | null;
  readonly dataDir: string;
  readonly limits: Readonly<Values['limits']>;
  /** Origins of web pages that may ask; `*` for all. */
  readonly cors: readonly string[];
  readonly log: { readonly level: Values['log']['level']; readonly format: 'json' | 'text' };
  /** What GraphiQL opens with; null: what kcigraph brings. */
  readonly tabs: readonly ExampleQuery[] | null;
  readonly trustProxy: boolean;
  readonly userAgent: string | undefined;
  /** Milliseconds after which unchanged objects are removed; null: never. */
  readonly retention: number | null;
  /** What works, but should not stay so: one sentence each. */
  readonly warnings: readonly string[];
}

export interface ConfigRequest {
  /** `--config` */
  readonly file?: string | undefined;
  /** `--port` */
  readonly port?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly workingFolder?: string;
  /** What a command asks of every source whose adapter knows the option, such as `{ attach: true }` beside a gateway. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

const SCHEMA = inputSchema(CONFIG_SCHEMA);

/**
 * Finds, reads and checks the configuration.
 * @throws {ConfigError} one message that lists every fault, each with its key and its place in the file.
 */
export async function loadConfig(request: ConfigRequest = {}): Promise<Config> {
  const { env = process.env, workingFolder = process.cwd() } = request;
  const { file, text, folder } = findConfig(request.file, env, workingFolder);
  const subject = file === null ? 'What kcigraph was started with' : `The configuration ${file}`;
  const yaml = readYaml(text);
  if (yaml.faults.length > 0) throw new ConfigError(subject, yaml.faults);
  const written = yaml.value ?? {};
  const raw = (path: Path) => valueAt(written, path);
  const { value, faults: unresolved } = interpolate(written, folder, env);
  const found: Explained[] = [...unresolved];

  const checked = CONFIG_SCHEMA.safeParse(value);
  if (!checked.success) {
    found.push(...checked.error.issues.flatMap((issue) => explainIssue(issue, (path) => keysAt(SCHEMA, path), raw)));
  }
  // The sources are checked even if something else is wrong: all faults belong in one message.
  const values = checked.success ? checked.data : lenient(value);
  const sources: SourceConfig[] = [];
  for (const [name, given] of Object.entries(values.sources)) {
    const source = await readSource({
      name,
      given,
      folder,
      deadline: values.limits.deadline,
      overrides: request.overrides ?? {},
      raw,
    });
    found.push(...source.faults);
    if (source.config !== null) sources.push(source.config);
  }
  const submit = readSubmit(values, file === null);
  found.push(...submit.faults);
  const graphiql = await readTabs(values.graphiql.queries, folder);
  found.push(...graphiql.faults);
  const port = listenPort(request.port, env, values.listen.port);
  if (typeof port === 'string') found.push({ path: [], message: port });

  const faults = withPlaces(found, yaml.placeOf, file !== null);
  if (faults.length > 0 || typeof port === 'string') throw new ConfigError(subject, faults);
  return {
    ...values,
    file,
    listen: { host: values.listen.host, port },
    sources: sources.sort((a, b) => b.priority - a.priority),
    submit: submit.config,
    dataDir: resolve(folder, values.dataDir),
    cors: [values.cors].flat(),
    tabs: graphiql.tabs,
    log: { level: values.log.level, format: values.log.format ?? (process.stderr.isTTY ? 'text' : 'json') },
    userAgent: values.userAgent,
    retention: values.retention ?? null,
    warnings: submit.warnings,
  };
}

/** The valid parts, and the defaults for the rest. */
function lenient(value: unknown): Values {
  const right = (key: string, item: unknown) => CONFIG_SCHEMA.safeParse({ [key]: item }).success;
  const parts = entriesOf(value).flatMap(([key, item]): (readonly [string, unknown])[] => {
    if (right(key, item)) return [[key, item]];
    const within = entriesOf(item).filter(([inner, part]) => right(key, { [inner]: part }));
    return within.length === 0 ? [] : [[key, Object.fromEntries(within)]];
  });
  return CONFIG_SCHEMA.parse(Object.fromEntries(parts));
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** One fault a path: a value with an unresolved variable has no second fault. */
function withPlaces(
  found: readonly Explained[],
  placeOf: ReturnType<typeof readYaml>['placeOf'],
  inFile: boolean,
): ConfigFault[] {
  const byPath = new Map<string, ConfigFault>();
  for (const { path, message } of found) {
    const place = inFile && path.length > 0 ? placeOf(path) : { line: null, column: null };
    const key = path.length === 0 ? message : path.join('.');
    if (!byPath.has(key))
      byPath.set(key, { path: path.map((step) => redactValue(String(step))).join('.'), message, ...place });
  }
  return [...byPath.values()];
}

function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, step) => (typeof node === 'object' && node !== null ? Reflect.get(node, step) : undefined),
    tree,
  );
}
