import type { Store } from '../../adapters/adapter.ts';
import { CommandError } from '../cli/command.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/load-config.ts';
import type { Registry } from '../federation/registry.ts';
import type { Log } from '../log.ts';
import type { GatewayServer } from '../server/server-options.ts';
import type { DoorSettings, RunningSubmissionDoor } from '../submission/submit.ts';
import type { Cleaning } from './retention-job.ts';
import { type NextSources, type RunningSources, storeOf } from './sources.ts';

/** What runs, and may be given another configuration. */
export interface Running {
  readonly sources: RunningSources;
  readonly submission: RunningSubmissionDoor;
  readonly server: GatewayServer;
  readonly cleaning: Cleaning;
  readonly log: Log;
}

/**
 * Reads the configuration again, and serves by it. Requests that are under way end as they began; sources that did not
 * change go on as they are, the others stop when nothing asks them any more. One that cannot be served by is refused: all
 * its faults go to the log, and the one before serves on.
 *
 * @param before what is served by now
 * @param read reads it as at the start
 * @returns what is served by from now on
 */
export async function reload(before: Config, read: () => Promise<Config>, running: Running): Promise<Config> {
  const { sources, log } = running;
  let prepared: NextSources | null = null;
  try {
    const { config, told } = withoutRestart(before, await read());
    prepared = await sources.prepare(config);
    await take(config, before, prepared, running);
    for (const sentence of [...told, ...config.warnings]) log.warn({}, sentence);
    return config;
  } catch (error) {
    await prepared?.discard();
    const isKnown = error instanceof ConfigError || error instanceof CommandError;
    const faults = error instanceof ConfigError ? { faults: error.faults } : isKnown ? {} : { err: error };
    const reason = error instanceof Error ? error.message : String(error);
    log.error(faults, `The new configuration is refused, and the one before serves on. ${reason}`);
    return before;
  }
}

async function take(
  config: Config,
  before: Config,
  prepared: NextSources,
  { sources, submission, server, cleaning, log }: Running,
): Promise<void> {
  const { registry, changes } = prepared;
  const store = storeFor(config, registry);
  const door = submission.replace(doorSettings(config, store));
  const answers = await server.replace({ config, registry }).catch((error: unknown) => {
    submission.replace(doorSettings(before, storeFor(before, sources.registry)));
    throw error;
  });
  const stopGone = prepared.take();
  log.level = config.log.level;
  const cleaned = cleaning.replace(store, config.retention);
  log.info({ file: config.file, ...changes }, 'The configuration was read again, and is served by from now on.');
  void Promise.all([answers.over, door.over, cleaned])
    .then(stopGone)
    .then(() => {
      const { removed, changed } = changes;
      if (removed.length + changed.length > 0) log.info({ removed, changed }, 'What these sources were has stopped.');
    })
    .catch((err: unknown) => log.error({ err }, 'A source did not stop as it should.'));
}

function storeFor({ submit }: Config, registry: Registry): Store | null {
  return submit === null ? null : storeOf(registry, submit.into);
}

/** What of another configuration can be served by at once, and a sentence on each key that takes a restart. */
export interface WithoutRestart {
  readonly config: Config;
  readonly told: readonly string[];
}

/** The address is bound, the log is open, and what sources and submissions keep on disk is in use: these stay. */
export function withoutRestart(before: Config, next: Config): WithoutRestart {
  const stays = (key: string, is: unknown, would: unknown) =>
    is === would ? [] : [`${key} has changed, which takes a restart: it stays ${JSON.stringify(is)} until then.`];
  const told = [
    ...stays('listen.host', before.listen.host, next.listen.host),
    ...stays('listen.port', before.listen.port, next.listen.port),
    ...stays('dataDir', before.dataDir, next.dataDir),
    ...stays('log.format', before.log.format, next.log.format),
    ...next.sources
      .filter(({ isOutdated }) => isOutdated)
      .map(
        ({ name, adapter }) =>
          `The code of the plug-in "${adapter}" has changed, which takes a restart: the source "${name}" runs the code that was loaded until then.`,
      ),
  ];
  const { listen, dataDir, log } = before;
  return { config: { ...next, listen, dataDir, log: { level: next.log.level, format: log.format } }, told };
}

/** What the configuration says of submissions. */
export function doorSettings({ submit, limits }: Config, store: Store | null): DoorSettings {
  return { store, secrets: submit?.secrets ?? [], open: submit?.open ?? false, limits, spool: submit?.spool };
}
