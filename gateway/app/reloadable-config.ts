import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/load-config.ts';

/** The part of another configuration that applies at once, and a sentence for each key that takes a restart. */
export interface ReloadableConfig {
  readonly config: Config;
  readonly notes: readonly string[];
}

/** The address, the format of the log and the data folder are in use: they stay as they are until a restart. */
export function reloadableConfig(before: Config, next: Config): ReloadableConfig {
  const stays = (key: string, is: unknown, would: unknown) =>
    is === would ? [] : [`${key} has changed, which takes a restart: it stays ${JSON.stringify(is)} until then.`];
  const notes = [
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
  return { config: { ...next, listen, dataDir, log: { level: next.log.level, format: log.format } }, notes };
}

/** The sources by what happens to them. */
export interface SourceChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
}

/** Compares two configurations. A source of which only the priority differs is unchanged. */
export function sourceChanges(before: Config, next: Config): SourceChanges {
  const former = new Map(before.sources.map((source) => [source.name, source]));
  const isKept = (source: Config['sources'][number]) => {
    const known = former.get(source.name);
    return known !== undefined && before.userAgent === next.userAgent && isSame(known, source);
  };
  const names = next.sources.map(({ name }) => name);
  const unchanged = next.sources.filter(isKept).map(({ name }) => name);
  return {
    added: names.filter((name) => !former.has(name)),
    removed: [...former.keys()].filter((name) => !names.includes(name)),
    changed: names.filter((name) => former.has(name) && !unchanged.includes(name)),
    unchanged,
  };
}

/** The code of a plug-in is loaded once, so the module of one path is the same until a restart. */
function isSame(one: Config['sources'][number], other: Config['sources'][number]): boolean {
  const { module: itsCode, priority: _, isOutdated: __, ...its } = one;
  const { module: othersCode, priority: ___, isOutdated: ____, ...others } = other;
  return itsCode === othersCode && isDeepStrictEqual(its, others);
}
