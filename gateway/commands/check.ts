import { loadConfig } from '../config.ts';
import type { Command } from './command.ts';
import { CONFIG_FLAG } from './parse-arguments.ts';

/** `kcigraph check`: reads the configuration as `serve` would. */
export const check: Command = {
  summary: 'Check the configuration.',
  operands: '',
  flags: { config: CONFIG_FLAG },
  async run(args) {
    const config = await loadConfig({ file: args.text('config') });
    const names = config.sources.map(({ name, adapter }) => `${name} (${adapter})`).join(', ');
    process.stdout.write(`${config.file ?? 'The built-in configuration'} is right. Sources: ${names}.\n`);
    for (const warning of config.warnings) process.stdout.write(`Note: ${warning}\n`);
    return 0;
  },
};
