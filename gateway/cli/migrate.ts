import { makeSources } from '../app/sources.ts';
import { loadConfig } from '../config/load-config.ts';
import { createLog } from '../log.ts';
import { CONFIG_FLAG, type Command, CommandError } from './command.ts';
import { print } from './console.ts';
import { describeConfig, requireStores } from './existing-store.ts';

/** `kcigraph migrate`: brings the tables of every store up to date; a second run changes nothing. */
export const migrate: Command = {
  summary: 'Bring the tables of the stores up to date.',
  operands: '',
  flags: { config: CONFIG_FLAG },
  async run(args) {
    const config = await loadConfig({ file: args.text('config'), overrides: { attach: true } });
    print(describeConfig(config));
    if (config.file === null) {
      await requireStores(
        config,
        config.sources.map(({ name }) => name),
      );
    }
    // Not started: starting a store migrates it without saying what it applied.
    const registry = await makeSources(config, createLog({ ...config.log, level: 'warn' }));
    try {
      const stores = registry.sources.filter((source) => source.adapter.store !== undefined);
      if (stores.length === 0) print('No source is a store: there is nothing to do.\n');
      for (const { name, adapter } of stores) {
        const applied = await adapter.store?.migrate().catch((error: unknown) => {
          throw new CommandError(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
        });
        for (const { version, name: change } of applied ?? []) print(`${name}: applied ${version}, ${change}.\n`);
        if (applied?.length === 0) print(`${name}: up to date.\n`);
      }
      return 0;
    } finally {
      await registry.stop();
    }
  },
};
