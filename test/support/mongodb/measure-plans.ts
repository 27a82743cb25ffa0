import type { Document } from 'bson';
import type { Db } from 'mongodb';
import type { Adapter, AdapterModule } from '../../../adapters/contract/adapter.ts';
import type { CollectionDocument } from '../../../examples/generators/kernelci/collection-document.ts';
import type { CollectionIndex } from '../../../examples/generators/kernelci/collection-index.ts';
import { createIndexes, fill } from '../../../examples/generators/kernelci/fill.ts';
import { asking } from '../asked-adapter.ts';
import { removeFolder, temporaryFolder } from '../temporary-folder.ts';
import { READS, readOf } from './command-read.ts';
import { Examination, plansOf, type Read } from './index-plan.ts';
import { mongoEnv, waitingCall } from './mongo-env.ts';
import { openMongo } from './mongodb.ts';
import { readsOf, type Samples, sampleOf } from './reads-of-every-kind.ts';
import { explainOnServer, type ServerPlan } from './server-plan.ts';
import { type SentCommand, WireProxy } from './wire-proxy.ts';

/** What is measured. */
export interface PlanSubject<O> {
  readonly module: AdapterModule<O>;
  readonly options: object;
  readonly indexes: readonly CollectionIndex[];
  /** Reads that look at more where there is more of something, by name, and of what: all others must not. */
  readonly growing?: Readonly<Record<string, string>>;
  /** The same documents each time it is asked. */
  readonly documents: (size: number) => Iterable<CollectionDocument>;
}

/** What one declared read asked of the server. */
export interface MeasuredRead {
  readonly name: string;
  readonly commands: number;
  /** Commands that no index serves. */
  readonly scans: readonly string[];
  /** Documents, or entries of an index, that were looked at. */
  readonly examined: number;
  readonly ms: number;
}

export interface Measurement {
  readonly samples: Samples;
  /** What the background asked until it was done, and then each read. */
  readonly reads: readonly MeasuredRead[];
  /** The same commands on another number of documents; null where they have to be asked there, since the server explains. */
  judgedAt(size: number): readonly MeasuredRead[] | null;
}

interface AskedRead {
  readonly name: string;
  readonly commands: readonly SentCommand[];
  readonly ms: number;
}

/**
 * Runs every read that an adapter declares on documents of a size, with the indexes that the source has. MongoDB itself
 * explains what it looked at; for FerretDB, which looks at each document whatever is asked, it is worked out from the
 * commands and the indexes, and counted in the documents.
 */
export async function measurePlans<O>(
  subject: PlanSubject<O>,
  size: number,
  given: Samples | null,
): Promise<Measurement> {
  const mongo = await openMongo();
  const proxy = new WireProxy(mongo.url);
  await proxy.listen();
  const folder = await temporaryFolder();
  const { env, stop } = mongoEnv({ dataDir: folder });
  const { module } = subject;
  const options = module.options.parse({ url: proxy.url, database: mongo.database, ...subject.options });
  const adapter = module.create(options, env);
  try {
    await createIndexes(mongo.db, subject.indexes);
    await fill(mongo.db, subject.documents(size));
    await adapter.start();
    const samples = given ?? (await sampleOf(adapter));
    const asked = await askAll(adapter, proxy, samples, stop);
    const plans = mongo.isMongoDb
      ? await explained(mongo.db, readsAmong(asked))
      : judge(readsAmong(asked), subject, size);
    return {
      samples,
      reads: measured(asked, plans),
      judgedAt: (other) => (mongo.isMongoDb ? null : measured(asked, judge(readsAmong(asked), subject, other))),
    };
  } finally {
    await adapter.stop();
    await stop();
    await proxy.close();
    await mongo.drop();
    await removeFolder(folder);
  }
}

async function askAll(
  adapter: Adapter,
  proxy: WireProxy,
  samples: Samples,
  endBackground: () => Promise<void>,
): Promise<readonly AskedRead[]> {
  // Whoever asks for a commit waits until the background knows it.
  const [hash] = samples.keys.checkoutsOfRevision ?? [];
  const first = { where: null, order: 'NEWEST', first: 1, after: null } as const;
  if (hash !== undefined) await asking(adapter).related('checkoutsOfRevision', [hash], first, waitingCall(600_000));
  await filled(adapter);
  await settled(proxy);
  // What it asks from now on would be taken for a read's own.
  await endBackground();
  const asked: AskedRead[] = [{ name: 'the background', commands: proxy.commands.splice(0), ms: 0 }];
  for (const { name, run } of readsOf(adapter, samples)) {
    const start = performance.now();
    await run();
    asked.push({ name, commands: proxy.commands.splice(0), ms: performance.now() - start });
  }
  return asked;
}

function readsAmong(asked: readonly AskedRead[]): readonly SentCommand[] {
  return asked.flatMap(({ commands }) => commands.filter(({ name }) => READS.has(name)));
}

function measured(asked: readonly AskedRead[], judged: ReadonlyMap<SentCommand, ServerPlan>): readonly MeasuredRead[] {
  return asked.map(({ name, commands, ms }) => {
    const plans = commands.flatMap((command) =>
      judged.has(command) ? [{ command, ...(judged.get(command) ?? NONE) }] : [],
    );
    const scans = plans.filter((plan) => plan.scans).map(({ command }) => described(command));
    const examined = plans.reduce((sum, plan) => sum + plan.examined, 0);
    return { name, commands: plans.length, scans, examined, ms };
  });
}

async function explained(db: Db, commands: readonly SentCommand[]): Promise<ReadonlyMap<SentCommand, ServerPlan>> {
  const plans = new Map<SentCommand, ServerPlan>();
  for (const command of commands) plans.set(command, await explainOnServer(db, command));
  return plans;
}

const NONE = { scans: true, examined: 0 };

/** The cheapest plan that MongoDB can choose, by what it would look at. */
function judge<O>(
  commands: readonly SentCommand[],
  subject: PlanSubject<O>,
  size: number,
): ReadonlyMap<SentCommand, ServerPlan> {
  const tried = commands.map((command) => {
    const read: Read = readOf(command);
    const own = subject.indexes.filter(({ collection }) => collection === command.collection).map(({ keys }) => keys);
    const plans = plansOf(read, [{ _id: 1 }, ...own]);
    return { command, examinations: plans.map((plan) => new Examination(plan, read)), whole: 0 };
  });
  const byCollection = Map.groupBy(tried, ({ command }) => command.collection);
  for (const { collection, document } of subject.documents(size)) {
    for (const one of byCollection.get(collection) ?? []) {
      one.whole += 1;
      for (const examination of one.examinations) examination.see(document);
    }
  }
  return new Map(
    tried.map(({ command, examinations, whole }) => {
      const least = Math.min(...examinations.map(({ examined }) => examined));
      return [
        command,
        { scans: examinations.length === 0, examined: examinations.length === 0 ? whole : least },
      ] as const;
    }),
  );
}

/** Waits until the source's own index knows all there is. */
async function filled(adapter: Adapter): Promise<void> {
  const end = Date.now() + 300_000;
  for (;;) {
    const { ok, detail } = await adapter.health(waitingCall(60_000));
    if (ok && !/filled|filling|so far/.test(detail ?? '')) return;
    if (Date.now() > end) throw new Error(`The source is still not ready: ${detail}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Waits until nothing was asked for a while. */
async function settled(proxy: WireProxy): Promise<void> {
  for (let seen = -1; seen !== proxy.commands.length; ) {
    seen = proxy.commands.length;
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
}

function described({ name, collection, body }: SentCommand): string {
  const { filter, sort, pipeline }: Document = body;
  return `${name} ${collection} ${JSON.stringify(filter ?? pipeline).slice(0, 300)} ${JSON.stringify(sort ?? null)}`;
}
