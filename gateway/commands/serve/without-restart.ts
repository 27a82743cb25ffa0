import type { Config } from '../../config/load-config.ts';

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
