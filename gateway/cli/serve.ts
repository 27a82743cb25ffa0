import { Gateway } from '../app/gateway.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import { createLog } from '../log.ts';
import { CONFIG_FLAG, type Command, packageVersion } from './command.ts';
import { print } from './console.ts';
import { describeConfig } from './existing-store.ts';
import { listenForShutdown, Sighup } from './signals.ts';

/** `kcigraph serve`: answers until a signal asks it to stop, and then finishes the requests under way. */
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
SIGTERM and SIGINT finish the requests under way first; a second signal ends at once.
SIGHUP reads the configuration again. If it has faults, the current one stays in use.
Without a configuration the data is in ./data, in an embedded PostgreSQL.`,
  async run(args) {
    // Closed in the opposite order of their making, also where a later step fails.
    await using open = new AsyncDisposableStack();
    const shutdown = open.adopt(listenForShutdown(), async (signals) => signals.release());
    const sighup = open.adopt(new Sighup(() => shutdown.request('the terminal is gone')), (made) => made.close());
    const read = () => loadConfig({ file: args.text('config'), port: args.text('port') });
    const config = await read();
    print(describeConfig(config));
    const log = createLog(config.log);
    const gateway = open.use(await Gateway.open(config, log));
    print(greeting(config, await gateway.listen()));
    sighup.handle(() => gateway.reload(read));
    const reason = await shutdown.first;
    log.info({ reason }, 'Stopping: what is under way is finished first.');
    const reloaded = sighup.ignore();
    await Promise.race([gateway.drain(), shutdown.second.then(() => gateway.drain())]);
    await reloaded;
    return 0;
  },
};

/** What it prints once it listens. */
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
