import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { type Command, CommandError } from './command.ts';
import { openSources, storeOf } from './open-sources.ts';
import { CONFIG_FLAG } from './parse-arguments.ts';

/** `kcigraph check`: the configuration, and that each source can be made from it. */
export const check: Command = {
  summary: 'Check the configuration, or a source against the adapter contract.',
  operands: '',
  flags: { config: CONFIG_FLAG },
  async run(args) {
    const config = await loadConfig({ file: args.text('config') });
    process.stdout.write(`The configuration ${config.file ?? '(built in)'} is right: ${config.sources.length} sources.\n`);
    for (const warning of config.warnings) process.stdout.write(`Note: ${warning}\n`);
    return 0;
  },
};
