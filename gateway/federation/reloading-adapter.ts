import type {
  Adapter,
  AdapterEnv,
  AdapterModule,
  Call,
  Capabilities,
  CountSubject,
  Health,
  Page,
  PageQuery,
  RelationName,
  RelationTarget,
} from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import type { Entities, EntityName, StatusCounts } from '../../adapters/model.ts';

/** One version of an adapter, with the calls that it is answering. */
interface Running {
  readonly adapter: Adapter;
  /** Ends its background tasks. */
  readonly retire: AbortController;
  calls: number;
  isRetired: boolean;
}

/** An adapter whose code may change while it serves: a call ends on the version that it began on. */
export class ReloadingAdapter implements Adapter {
  readonly #env: AdapterEnv;
  #current: Running;
  #isStarted = false;

  constructor(module: AdapterModule, options: unknown, env: AdapterEnv) {
    this.#env = env;
    this.#current = this.#make(module, options);
  }

  get capabilities(): Capabilities {
    return this.#current.adapter.capabilities;
  }

  /**
   * Puts another version in the place of the one that serves, which stops when its last call has ended.
   * @throws what `create` or `start` of the new version throws; the old one serves on then
   */
  async replace(module: AdapterModule, options: unknown): Promise<void> {
    const next = this.#make(module, options);
    try {
      if (this.#isStarted) await next.adapter.start();
    } catch (error) {
      next.retire.abort();
      throw error;
    }
    const old = this.#current;
    this.#current = next;
    old.isRetired = true;
    if (old.calls === 0) await this.#stop(old);
  }

  async start(): Promise<void> {
    this.#isStarted = true;
    await this.#current.adapter.start();
  }

  stop(): Promise<void> {
    return this.#stop(this.#current);
  }

  health(call: Call): Promise<Health> {
    return this.#run((adapter) => adapter.health(call));
  }

  getMany<E extends EntityName>(entity: E, ids: readonly string[], call: Call) {
    return this.#run((adapter) => adapter.getMany(entity, ids, call));
  }

  list<E extends EntityName>(entity: E, query: PageQuery<E>, call: Call): Promise<Page<Entities[E]>> {
    return this.#run((adapter) => adapter.list(entity, query, call));
  }

  related<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ) {
    return this.#run((adapter) => adapter.related(relation, parents, query, call));
  }

  count(subject: CountSubject, call: Call): Promise<ReadonlyMap<string, StatusCounts | SourceError>> {
    return this.#run((adapter) => adapter.count?.(subject, call) ?? Promise.reject(noCount()));
  }

  #make(module: AdapterModule, options: unknown): Running {
    const retire = new AbortController();
    const background: AdapterEnv['background'] = (task) =>
      this.#env.background((call) => task({ ...call, signal: AbortSignal.any([call.signal, retire.signal]) }));
    const adapter = module.create(options, { ...this.#env, background });
    return { adapter, retire, calls: 0, isRetired: false };
  }

  async #run<T>(ask: (adapter: Adapter) => Promise<T>): Promise<T> {
    const running = this.#current;
    running.calls += 1;
    try {
      return await ask(running.adapter);
    } finally {
      running.calls -= 1;
      if (running.isRetired && running.calls === 0) void this.#stop(running);
    }
  }

  async #stop(running: Running): Promise<void> {
    running.retire.abort();
    try {
      await running.adapter.stop();
    } catch (err) {
      this.#env.log.warn({ source: this.#env.source, err }, 'A version of the plug-in did not stop as it should.');
    }
  }
}

function noCount(): SourceError {
  return new SourceError('SOURCE_UNSUPPORTED', 'The source cannot count.');
}
