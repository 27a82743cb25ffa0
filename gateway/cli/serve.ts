import { join } from 'node:path';
import { doorSettings, type Running, reload } from '../app/reloadable-config.ts';
import { Cleaning } from '../app/retention-job.ts';
import { RunningSources, storeOf } from '../app/sources.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import { createExecutor } from '../execution/create-executor.ts';
import { createLog } from '../log.ts';
import { createServer } from '../server/create-server.ts';
import { Metrics } from '../server/metrics.ts';
import { createSubmissionDoor } from '../submission/submit.ts';
import { CONFIG_FLAG, type Command, CommandError, packageVersion } from './command.ts';
import { print } from './console.ts';
import { describeConfig } from './existing-store.ts';
import { Hangups, untilAskedToStop } from './signals.ts';

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
SIGHUP reads the configuration again; one that has faults is refused, and the one before serves on.
Without a configuration the data lies in ./data, in a PostgreSQL of its own.`,
  async run(args) {
    // Closed in the opposite order of their making, also where a later step fails.
    await using open = new AsyncDisposableStack();
    const stop = open.adopt(untilAskedToStop(), async (request) => request.done());
    const hangups = open.adopt(new Hangups(() => stop.ask('the terminal is gone')), (made) => made.close());
    const read = () => loadConfig({ file: args.text('config'), port: args.text('port') });
    let config = await read();
    print(describeConfig(config));
    const log = createLog(config.log);
    const metrics = new Metrics();
    const sources = open.adopt(await RunningSources.open(config, log, metrics.sources), (made) => made.stop());
    const store = config.submit === null ? null : storeOf(sources.registry, config.submit.into);
    const spoolDir = join(config.dataDir, 'submissions');
    const submission = createSubmissionDoor({ ...doorSettings(config, store), spoolDir, log });
    open.defer(() => submission.close());
    const cleaning = open.adopt(new Cleaning(log), async (made) => made.stop());
    void cleaning.replace(store, config.retention);
    const executor = createExecutor({ onExecuted: (name, ms) => metrics.executed(name, ms) });
    const server = createServer({ config, registry: sources.registry, submission, log, metrics, executor });
    await server.listen().catch((error: unknown) => {
      throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
    });
    print(greeting(config, server.address ?? ''));
    const running: Running = { sources, submission, server, cleaning, log };
    hangups.serve(async () => {
      config = await reload(config, read, running);
    });
    const reason = await stop.asked;
    log.info({ reason }, 'Stopping: what is under way is finished first.');
    const reloaded = hangups.rest();
    await Promise.race([server.close(), stop.again.then(() => server.close())]);
    await reloaded;
    return 0;
  },
};

/** What a person who has just started it wants to know. */
function greeting(config: Config, address: string): string {
  const sources = config.sources.map(({ name, adapter }) => `${name} (${adapter})`).join(', ');
  const lines = [
    `kcigraph ${packageVersion()} listens on ${address} (GraphiQL at ${address}/graphiql, POST ${address}/graphql).`,
    `Sources: ${sources}.`,
    `Submissions: ${submissions(config)}.`,
    ...config.warnings.map((warning) => `Note: ${warning}`),
  ];
  return `${lines.join('\n')}\n`;
}

function submissions({ submit }: Config): string {
  if (submit === null || (!submit.open && submit.secrets.length === 0)) return 'off';
  return submit.open ? 'open, without a token, to this machine only' : 'with a token';
}
