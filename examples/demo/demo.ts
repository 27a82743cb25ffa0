// `kcigraph demo` starts this: every source over its real protocol, filled with one story, and a gateway before them.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printable } from '../../adapters/kit/printable.ts';
import { listenForShutdown } from '../../gateway/cli/signals.ts';
import { Saying } from './console.ts';
import { startCki, startSyzbot } from './http-sources.ts';
import { startGateway } from './kcigraph-process.ts';
import { startMongodb } from './mongodb-sources.ts';
import { startNative } from './native-source.ts';
import { type DemoOptions, OptionError, readOptions, SOURCES } from './options.ts';
import { portIsFree } from './port-is-free.ts';
import type { RunningSource } from './running-source.ts';
import { type Question, questionsOf } from './story/questions.ts';
import { Timeline } from './story/timeline.ts';
import { untilAllKnow } from './until-all-know.ts';

const LEFT_OUT = 'Left out: maestro and kernelci, which need a server of the MongoDB protocol.';
const HOW_TO_HAVE_ONE = 'Set MONGODB_URI, or install mongod, FerretDB or Go (which builds one).';

async function run(options: DemoOptions): Promise<void> {
  const say = new Saying();
  const timeline = new Timeline(new Date());
  const questions = questionsOf(timeline);
  await using open = new AsyncDisposableStack();
  const shutdown = open.adopt(listenForShutdown(), async (signals) => signals.release());
  const stopping = new AbortController();
  const { signal } = stopping;
  void shutdown.first.then(() => stopping.abort());
  try {
    await portIsFree(options.port);
    const folder = open.adopt(await makeFolder(), (path) => rm(path, { recursive: true, force: true, maxRetries: 3 }));
    const sources = await startSources(folder, timeline, options, say, open, signal);
    await writeConfig(folder, sources, questions);
    const flags = ['--config', 'kcigraph.yaml', '--port', String(options.port)];
    const gateway = await startGateway(flags, folder, signal);
    open.defer(() => gateway.close());
    const whole = sources.filter(({ name }) => !options.broken.has(name)).map(({ name }) => name);
    await untilAllKnow(gateway.url, timeline.culprit, whole, signal);
    say.ready(gateway.url, timeline, questions, options.broken);
    const lost = await Promise.race([shutdown.first.then(() => null), gateway.lost]);
    if (lost !== null) throw new Error(`The gateway ended by itself: ${lost}`);
    say.goodbye();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** All at once: what takes longest decides. What was started before one failed is closed by the stack. */
async function startSources(
  folder: string,
  timeline: Timeline,
  { broken }: DemoOptions,
  say: Saying,
  open: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<readonly RunningSource[]> {
  const started = async (starting: Promise<RunningSource>) => {
    const source = await starting;
    open.defer(() => source.close());
    say.runs(source, broken.get(source.name));
    return source;
  };
  const mongodb = startMongodb(timeline, broken, { tell: (line) => say.line(line), signal }).then(
    async (pair) => {
      if (pair === null) say.line(`${LEFT_OUT} ${HOW_TO_HAVE_ONE}`);
      return await Promise.all((pair ?? []).map((source) => started(Promise.resolve(source))));
    },
    (error: unknown) => {
      signal.throwIfAborted();
      say.line(`${LEFT_OUT} ${error instanceof Error ? error.message : String(error)}`);
      return [];
    },
  );
  const settled = await Promise.allSettled([
    mongodb,
    ...[
      startCki(timeline, broken.get('cki')),
      startSyzbot(timeline, broken.get('syzbot')),
      startNative(folder, timeline, broken.get('native'), signal),
    ].map(async (starting) => [await started(starting)]),
  ]);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const sources = settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  return sources.sort((a, b) => SOURCES.indexOf(a.name) - SOURCES.indexOf(b.name));
}

/** JSON is YAML too. */
async function writeConfig(folder: string, sources: readonly RunningSource[], questions: readonly Question[]) {
  await mkdir(join(folder, 'queries'));
  for (const [place, { name, query, variables }] of questions.entries()) {
    const path = join(folder, 'queries', `${String(place + 1).padStart(2, '0')}-${name}`);
    await writeFile(`${path}.graphql`, query);
    await writeFile(`${path}.json`, JSON.stringify(variables));
  }
  const config = {
    sources: Object.fromEntries(sources.map((source) => [source.name, source.config])),
    submit: { into: 'native', openSubmit: true },
    graphiql: { queries: './queries' },
    limits: { deadline: '30s' },
    log: { level: 'error' },
  };
  await writeFile(join(folder, 'kcigraph.yaml'), JSON.stringify(config, null, 2));
}

/** Which also the user of an embedded PostgreSQL can enter. */
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kcigraph-demo-'));
  await chmod(folder, 0o755);
  return folder;
}

try {
  await run(readOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(printable(`${error instanceof Error ? error.message : String(error)}\n`));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
// The channel to the command that started this would keep it.
if (process.connected) process.disconnect?.();
