import { loadConfig } from '../config/load-config.ts';
import type { Command } from './command.ts';
import { print } from './console.ts';
import { describeConfig } from './existing-store.ts';
import { CONFIG_FLAG } from './parse-arguments.ts';

/** `kcigraph check`: reads the configuration as `serve` would; with a name it asks that source for all that it promises. */
export const check: Command = {
  summary: 'Check the configuration, or a source against the adapter contract.',
  operands: '[SOURCE]',
  flags: { config: CONFIG_FLAG },
  details: `
Without a name the configuration is read, and every fault of it is told.
With one the source is asked, behaviour by behaviour, for what the adapter contract promises; nothing is changed in it.`,
  async run(args) {
    const config = await loadConfig({ file: args.text('config'), overrides: { attach: true } });
    const [name] = args.positionals;
    if (name === undefined) print(describeConfig(config));
    if (name !== undefined) return await (await import('./check-source.ts')).checkSource(config, name);
    const names = config.sources.map(({ name, adapter }) => `${name} (${adapter})`).join(', ');
    print(`The configuration is valid. Sources: ${names}.\n`);
    for (const warning of config.warnings) print(`Note: ${warning}\n`);
    return 0;
  },
};
