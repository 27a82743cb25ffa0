import type { Adapter, Logger } from '../../adapters/contract/adapter.ts';
import { nearestName } from '../../adapters/kit/kcidb/validator.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import { createAdapterEnv, sourceFolder } from '../federation/registry.ts';
import { createLog } from '../log.ts';
import { CONFIG_FLAG, type Command, CommandError, type ExitCode, UsageError } from './command.ts';
import { print, printError, showStep } from './console.ts';
import { describeConfig, requireStores } from './existing-store.ts';

/** `kcigraph check`: checks the configuration as `serve` reads it or, with a name, that source. */
export const check: Command = {
  summary: 'Check the configuration, or a source against the adapter contract.',
  operands: '[SOURCE]',
  flags: {
    wait: { description: 'wait until the source has filled its index, and check it again then' },
    config: CONFIG_FLAG,
  },
  details: `
Without a name it reads the configuration and prints every fault.
With a name it runs the conformance suite against that source, and changes nothing in it.
The exit code is 1 where a behaviour fails, also where the adapter refuses most records of the source.`,
  async run(args) {
    const [name] = args.positionals;
    if (name === undefined && args.on('wait')) {
      throw new UsageError('--wait needs the name of a source: kcigraph check SOURCE --wait.');
    }
    const config = await loadConfig({ file: args.text('config'), overrides: { attach: true } });
    if (name === undefined) print(describeConfig(config));
    if (name !== undefined) return await checkSource(config, name, args.on('wait'));
    const names = config.sources.map(({ name, adapter }) => `${name} (${adapter})`).join(', ');
    print(`The configuration is valid. Sources: ${names}.\n`);
    for (const warning of config.warnings) print(`Note: ${warning}\n`);
    return 0;
  },
};

const HEALTH_MS = 10_000;

/** Runs the conformance suite against the adapter alone: the guard would hide its faults. */
async function checkSource(config: Config, name: string, wait: boolean): Promise<ExitCode> {
  const source = config.sources.find((candidate) => candidate.name === name);
  if (source === undefined) throw unknownSource(config, name);
  print(describeConfig(config));
  await requireStores(config, [name]);
  // The suite is loaded only where a source is checked: the other commands need none of it.
  const { checkConformance, meterUpstream, renderReport } = await import(
    '../../adapters/kit/conformance/conformance.ts'
  );
  const log = createLog({ ...config.log, level: 'error' });
  const { env, stop } = createAdapterEnv({
    source: name,
    dataDir: sourceFolder(config.dataDir, source),
    log,
    userAgent: config.userAgent,
    settings: source,
  });
  const metered = meterUpstream(env);
  const adapter = source.module.create(source.options, metered.env);
  try {
    await adapter.start().catch((error: unknown) => {
      throw new CommandError(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
    });
    await mustAnswer(name, adapter, log);
    const onWait = (calls: readonly string[]) =>
      printError(`The index of ${name} is still filling (${calls.join(', ')}): the check waits until it is full.\n`);
    const subject = { adapter, upstream: metered.meter };
    const report = await checkConformance(subject, { onProgress: showStep, wait, onWait });
    print(renderReport(report));
    if (report.pending.length > 0) print(`Run "kcigraph check ${name} --wait" to wait for that.\n`);
    return report.ok ? 0 : 1;
  } finally {
    await adapter.stop();
    await stop();
  }
}

/** A source that cannot be reached can neither pass nor fail. */
async function mustAnswer(name: string, adapter: Adapter, log: Logger): Promise<void> {
  const signal = AbortSignal.timeout(HEALTH_MS);
  const call = { signal, deadline: Date.now() + HEALTH_MS, fields: new Set<string>(), log, warn: () => {} };
  const reason = await adapter.health(call).then(
    ({ ok, detail }) => (ok ? null : (detail ?? 'it says that it is not well.')),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (reason !== null) throw new CommandError(`${name} cannot be checked: ${reason}`);
}

function unknownSource(config: Config, name: string): UsageError {
  const names = config.sources.map((source) => source.name);
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? `the sources are ${names.join(', ')}.` : `did you mean "${nearest}"?`;
  return new UsageError(`The configuration has no source "${name.slice(0, 60)}": ${hint}`);
}
