import { normaliseTime } from '../../adapters/contract/time-and-url.ts';
import { openSources, storeOf } from '../app/sources.ts';
import { loadConfig } from '../config/load-config.ts';
import { createLog } from '../log.ts';
import { CONFIG_FLAG, type Command, CommandError, UsageError } from './command.ts';
import { print } from './console.ts';
import { describeConfig, requireStores } from './existing-store.ts';

/** `kcigraph purge`: removes old objects from the native store; shows what it would remove unless `--yes`. */
export const purge: Command = {
  summary: 'Remove objects that did not change since a time.',
  operands: '',
  flags: {
    before: { value: 'TIME', description: 'last changed before it, such as 2026-01-31 or 2026-01-31T12:00:00Z' },
    origin: { value: 'ORIGIN', repeated: true, description: 'only of this origin; may be repeated' },
    yes: { description: 'remove them; without it they are only counted' },
    config: CONFIG_FLAG,
  },
  async run(args) {
    const before = timeOf(args.text('before'));
    const origins = args.list('origin');
    const config = await loadConfig({ file: args.text('config'), overrides: { attach: true } });
    print(describeConfig(config));
    await requireStores(
      config,
      config.sources.map(({ name }) => name),
    );
    const registry = await openSources(config, createLog({ ...config.log, level: 'warn' }));
    try {
      const into = config.submit?.into ?? registry.sources.find((source) => source.adapter.store !== undefined)?.name;
      if (into === undefined) throw new CommandError('No source is a store: there is nothing to remove.');
      const dryRun = !args.on('yes');
      const store = storeOf(registry, into);
      const counts = await store
        .purge(before, origins.length === 0 ? null : origins, dryRun)
        .catch((error: unknown) => {
          throw new CommandError(`${into}: ${error instanceof Error ? error.message : error}`, { cause: error });
        });
      const list = Object.entries(counts).map(([entity, count]) => `${count} ${entity}${count === 1 ? '' : 's'}`);
      const verb = dryRun ? 'would be removed; --yes removes them' : 'were removed';
      print(`${into}, last changed before ${before}: ${list.join(', ')} ${verb}.\n`);
      return 0;
    } finally {
      await registry.stop();
    }
  },
};

function timeOf(text: string | undefined): string {
  if (text === undefined) throw new UsageError('"kcigraph purge" needs --before TIME, such as --before 2026-01-31.');
  const time = normaliseTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (time !== null) return time;
  throw new UsageError(
    `--before must be a day or a time with its zone, such as 2026-01-31 or 2026-01-31T12:00:00Z, and "${text.slice(0, 40)}" is neither.`,
  );
}
