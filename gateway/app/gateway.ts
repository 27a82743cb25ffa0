import { join } from 'node:path';
import type { Store } from '../../adapters/contract/adapter.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/load-config.ts';
import type { Registry } from '../federation/registry.ts';
import { createExecutor } from '../graphql/schema.ts';
import type { GatewayServer } from '../http/app.ts';
import { Metrics } from '../http/metrics.ts';
import { createServer } from '../http/server.ts';
import { createSubmissionDoor, type DoorSettings, type RunningSubmissionDoor } from '../ingest/service.ts';
import type { Log } from '../log.ts';
import { GatewayError } from './gateway-error.ts';
import { reloadableConfig } from './reloadable-config.ts';
import { RetentionJob } from './retention-job.ts';
import { type NextSources, RunningSources, storeOf } from './sources.ts';

/** What the gateway of a configuration consists of. */
interface Parts {
  readonly config: Config;
  readonly log: Log;
  readonly sources: RunningSources;
  readonly submission: RunningSubmissionDoor;
  readonly retention: RetentionJob;
  readonly server: GatewayServer;
  /** Closes what was opened, in the opposite order. */
  readonly open: AsyncDisposableStack;
}

/** The gateway of a configuration, which may be given another one while it serves. */
export class Gateway implements AsyncDisposable {
  readonly #parts: Parts;
  #config: Config;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#config = parts.config;
  }

  /**
   * Starts the sources; it does not listen yet.
   * @throws {GatewayError} where a source cannot be used at all; one that is down is no reason
   * @throws {ConfigError} where submissions go into a source that is not a store
   */
  static async open(config: Config, log: Log): Promise<Gateway> {
    // What was opened is closed where a later step fails.
    await using open = new AsyncDisposableStack();
    const metrics = new Metrics();
    const sources = open.adopt(await RunningSources.open(config, log, metrics.sources), (made) => made.stop());
    const store = storeFor(config, sources.registry);
    const spoolDir = join(config.dataDir, 'submissions');
    const submission = createSubmissionDoor({ ...submitSettings(config, store), spoolDir, log });
    open.defer(() => submission.close());
    const retention = open.adopt(new RetentionJob(log), async (made) => made.stop());
    void retention.replace(store, config.retention);
    const executor = createExecutor({ onExecuted: (name, ms) => metrics.executed(name, ms) });
    const server = createServer({ config, registry: sources.registry, submission, log, metrics, executor });
    return new Gateway({ config, log, sources, submission, retention, server, open: open.move() });
  }

  /**
   * @returns its address, such as `http://127.0.0.1:4000`
   * @throws {GatewayError} where the address cannot be had
   */
  async listen(): Promise<string> {
    const { server } = this.#parts;
    await server.listen().catch((error: unknown) => {
      throw new GatewayError(error instanceof Error ? error.message : String(error), { cause: error });
    });
    return server.address ?? '';
  }

  /**
   * Reads the configuration again, and serves by it. Requests that are under way end as they began; sources that did not
   * change go on as they are, the others stop when nothing asks them any more. One that cannot be served by is refused:
   * all its faults go to the log, and the one before serves on.
   *
   * @param read reads it as at the start
   */
  async reload(read: () => Promise<Config>): Promise<void> {
    const { sources, log } = this.#parts;
    let prepared: NextSources | null = null;
    try {
      const { config, notes } = reloadableConfig(this.#config, await read());
      prepared = await sources.prepare(config);
      await this.#take(config, prepared);
      this.#config = config;
      for (const sentence of [...notes, ...config.warnings]) log.warn({}, sentence);
    } catch (error) {
      await prepared?.discard();
      const isKnown = error instanceof ConfigError || error instanceof GatewayError;
      const faults = error instanceof ConfigError ? { faults: error.faults } : isKnown ? {} : { err: error };
      const reason = error instanceof Error ? error.message : String(error);
      log.error(faults, `The new configuration is refused, and the one before serves on. ${reason}`);
    }
  }

  /** Takes no new requests, gives those under way their time, and ends them then. A second call ends them at once. */
  drain(): Promise<void> {
    return this.#parts.server.close();
  }

  /** Stops the sources, and takes back a load that is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.open.disposeAsync();
  }

  async #take(config: Config, prepared: NextSources): Promise<void> {
    const { sources, submission, server, retention, log } = this.#parts;
    const { registry, changes } = prepared;
    const before = this.#config;
    const store = storeFor(config, registry);
    const submissions = submission.replace(submitSettings(config, store));
    const answers = await server.replace({ config, registry }).catch((error: unknown) => {
      submission.replace(submitSettings(before, storeFor(before, sources.registry)));
      throw error;
    });
    const stopFormer = prepared.take();
    log.level = config.log.level;
    const removals = retention.replace(store, config.retention);
    log.info({ file: config.file, ...changes }, 'The configuration was read again, and is served by from now on.');
    void Promise.all([answers.over, submissions.over, removals])
      .then(stopFormer)
      .then(() => {
        const { removed, changed } = changes;
        if (removed.length + changed.length > 0) log.info({ removed, changed }, 'What these sources were has stopped.');
      })
      .catch((err: unknown) => log.error({ err }, 'A source did not stop as it should.'));
  }
}

/** What the configuration says of submissions. */
function submitSettings({ submit, limits }: Config, store: Store | null): DoorSettings {
  return { store, secrets: submit?.secrets ?? [], open: submit?.open ?? false, limits, spool: submit?.spool };
}

function storeFor({ submit }: Config, registry: Registry): Store | null {
  return submit === null ? null : storeOf(registry, submit.into);
}
