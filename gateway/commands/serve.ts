import { join } from 'node:path';
import { type Config, loadConfig } from '../config.ts';
import { createExecutor } from '../execution/create-executor.ts';
import { createLog } from '../log.ts';
import { createServer } from '../server/create-server.ts';
import { Metrics } from '../server/metrics.ts';
import { createSubmissionDoor } from '../submission/submit.ts';
import { type Command, CommandError } from './command.ts';
import { openSources, storeOf } from './open-sources.ts';
import { packageVersion } from './package-version.ts';
import { CONFIG_FLAG } from './parse-arguments.ts';
import { reloadPlugIns } from './reload-plug-ins.ts';
import { removeOldObjects } from './retention.ts';
import { untilAskedToStop } from './until-asked-to-stop.ts';

/** `kcigraph serve`: answers until a signal asks it to stop; then what is under way is finished first. */
export const serve: Command = {
  summary: 'Serve GraphQL, GraphiQL and submissions.',
  operands: '',
  flags: {
    config: CONFIG_FLAG,
    port: {
      value: 'N',
      description: 'listen there (default: PORT, else the configuration, else 4000; 0: any free one)',
    },
  },
  details: `
SIGTERM and SIGINT finish what is under way first; a second one ends at once.
Without a configuration the data lies in ./data, in a PostgreSQL of its own.`,
  async run(args) {
    const loaded = await loadConfig({ file: args.text('config'), port: args.text('port') });
    const log = createLog(loaded.log);
    // Closed in the opposite order of their making, also where a later step fails.
    await using open = new AsyncDisposableStack();
    const stop = open.adopt(untilAskedToStop(), async (request) => request.done());
    // Whoever writes an adapter has a terminal open; elsewhere code changes by a restart only.
    const plugIns = process.stdout.isTTY ? open.adopt(await reloadPlugIns(loaded, log), (made) => made.close()) : null;
    const config = plugIns?.config ?? loaded;
    const metrics = new Metrics();
    const registry = open.adopt(await openSources(config, log, metrics.sources), (sources) => sources.stop());
    const store = config.submit === null ? null : storeOf(registry, config.submit.into);
    const submission = createSubmissionDoor({
      store,
      secrets: config.submit?.secrets ?? [],
      open: config.submit?.open ?? false,
      limits: config.limits,
      spoolDir: join(config.dataDir, 'submissions'),
      log,
    });
    open.defer(() => submission.close());
    if (config.retention !== null && store !== null) {
      open.adopt(removeOldObjects(store, config.retention, log), async (cleaning) => cleaning.stop());
    }
    const executor = createExecutor({ onExecuted: (name, ms) => metrics.executed(name, ms) });
    const server = createServer({ config, registry, submission, log, metrics, executor });
    await server.listen().catch((error: unknown) => {
      throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
    });
    process.stdout.write(greeting(config, server.address ?? ''));
    const reason = await stop.asked;
    log.info({ reason }, 'Stopping: what is under way is finished first.');
    await Promise.race([server.close(), stop.again.then(() => server.close())]);
    return 0;
  },
};

/** What a person who has just started it wants to know. */
function greeting(config: Config, address: string): string {
  const sources = config.sources.map(({ name, adapter }) => `${name} (${adapter})`).join(', ');
  const lines = [
    `kcigraph ${packageVersion()} listens on ${address} (GraphiQL in a browser, POST ${address}/graphql).`,
    `Configuration: ${config.file ?? 'none, so data lies in ./data'}. Sources: ${sources}.`,
    `Submissions: ${submissions(config)}.`,
    ...config.warnings.map((warning) => `Note: ${warning}`),
  ];
  return `${lines.join('\n')}\n`;
}

function submissions({ submit }: Config): string {
  if (submit === null || (!submit.open && submit.secrets.length === 0)) return 'off';
  return submit.open ? 'open, without a token, to this machine only' : 'with a token';
}
