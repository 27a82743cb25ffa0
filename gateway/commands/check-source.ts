import type { Adapter, Logger } from '../../adapters/adapter.ts';
import { checkConformance } from '../../adapters/kit/conformance/check-conformance.ts';
import { renderReport } from '../../adapters/kit/conformance/report.ts';
import { meterUpstream } from '../../adapters/kit/conformance/upstream-meter.ts';
import { nearestName } from '../../adapters/kit/kcidb/nearest-name.ts';
import type { Config } from '../config/load-config.ts';
import { createAdapterEnv } from '../federation/adapter-env.ts';
import { sourceFolder } from '../federation/registry.ts';
import { createLog } from '../log.ts';
import { CommandError, type ExitCode, UsageError } from './command.ts';
import { print } from './console.ts';
import { describeConfig, requireStores } from './existing-store.ts';

const HEALTH_MS = 10_000;

/** Holds a configured source against the adapter contract: the adapter alone, without the guard that would hide its faults. */
export async function checkSource(config: Config, name: string): Promise<ExitCode> {
  const source = config.sources.find((candidate) => candidate.name === name);
  if (source === undefined) throw unknownSource(config, name);
  print(describeConfig(config));
  await requireStores(config, [name]);
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
    const report = await checkConformance({ adapter, upstream: metered.meter }, { onProgress: showProgress });
    print(renderReport(report));
    return report.ok ? 0 : 1;
  } finally {
    await adapter.stop();
    await stop();
  }
}

/** A source that cannot be reached does nothing wrong, and is not right either. */
async function mustAnswer(name: string, adapter: Adapter, log: Logger): Promise<void> {
  const signal = AbortSignal.timeout(HEALTH_MS);
  const call = { signal, deadline: Date.now() + HEALTH_MS, fields: new Set<string>(), log, warn: () => {} };
  const reason = await adapter.health(call).then(
    ({ ok, detail }) => (ok ? null : (detail ?? 'it says that it is not well.')),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (reason !== null) throw new CommandError(`${name} cannot be checked: ${reason}`);
}

function showProgress(behaviour: string, index: number, count: number): void {
  const line = `${index + 1} of ${count}: ${behaviour}`;
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${index + 1 === count ? '' : line}` : `${line}\n`);
}

function unknownSource(config: Config, name: string): UsageError {
  const names = config.sources.map((source) => source.name);
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? `the sources are ${names.join(', ')}.` : `did you mean "${nearest}"?`;
  return new UsageError(`The configuration has no source "${name.slice(0, 60)}": ${hint}`);
}
