import type { Adapter, Call, Logger } from '../../../adapters/adapter.ts';
import { SourceError } from '../../../adapters/errors.ts';
import type { AnswerCacheSettings } from './answer-cache.ts';
import { Breaker, type BreakerSettings } from './breaker.ts';
import { isExpiry, type Wait, withinDeadline } from './deadline.ts';
import { SharedCalls } from './shared-calls.ts';
import { sourceFault } from './source-fault.ts';
import type { SourceMetrics, SourceStateTracker } from './source-state.ts';

export interface GuardSettings extends AnswerCacheSettings {
  /** Milliseconds a call may take. */
  readonly timeout: number;
  readonly breaker: BreakerSettings;
  /** Milliseconds a source rests after it asked for fewer requests without naming a time. */
  readonly restAfter429: number;
}

export interface GuardOptions {
  readonly source: string;
  readonly settings: GuardSettings;
  readonly state: SourceStateTracker;
  readonly log: Logger;
  readonly metrics?: SourceMetrics | undefined;
  /** Ends what runs beside the requests, before the adapter itself stops. */
  readonly onStop?: () => Promise<void>;
}

/** The half of the guard round an adapter. It is an adapter itself; its promises reject with nothing but SourceErrors. */
export function guardAdapter(adapter: Adapter, options: GuardOptions): Adapter {
  const { settings, state, source, log, metrics } = options;
  const breaker = new Breaker(settings.breaker, settings.restAfter429);
  const shared = new SharedCalls(settings, () => metrics?.cacheHit(source));
  // What a store acknowledged it must show at once: an answer from before would hide it.
  const isShared = adapter.store === undefined;

  async function guarded<T>(name: string, keys: number, call: Call, run: (call: Call) => Promise<T>): Promise<T> {
    breaker.enter();
    const start = performance.now();
    try {
      const answer = await withinDeadline(call, settings.timeout, (wait) => run(callWithin(call, wait)));
      const ms = performance.now() - start;
      breaker.succeeded();
      state.succeeded(ms);
      metrics?.called(source, name, ms, null, keys);
      return answer;
    } catch (cause) {
      const error = sourceFault(cause, source, name, log);
      // A client that went away before its deadline says nothing of the source.
      const hasLeft = call.signal.aborted && !isExpiry(call.signal.reason) && Date.now() < call.deadline;
      if (hasLeft) breaker.abandoned();
      else recordFailure(error);
      metrics?.called(source, name, performance.now() - start, error.code, keys);
      throw error;
    }
  }

  function recordFailure(error: SourceError): void {
    breaker.failed(error);
    if (error.code !== 'SOURCE_UNSUPPORTED') state.failed(error.message, breaker.isOpen);
  }

  /** @param asked all that the answer depends on, beside the fields */
  function ask<T extends object>(
    name: string,
    asked: readonly unknown[],
    keys: number,
    call: Call,
    run: (call: Call) => Promise<T>,
  ): Promise<T> {
    if (!isShared) return guarded(name, keys, call, run);
    const key = JSON.stringify([name, asked, [...call.fields].sort()]);
    return shared.ask(key, call, (within) => guarded(name, keys, within, run));
  }

  return {
    // A plug-in that is loaded anew may declare others.
    get capabilities() {
      return adapter.capabilities;
    },
    start: () => adapter.start(),
    stop: async () => {
      await options.onStop?.();
      await adapter.stop();
    },
    health: async (call) => {
      const health = await guarded('health', 0, call, (within) => adapter.health(within));
      if (!health.ok) state.failed(health.detail ?? 'The source says that it is not well.', breaker.isOpen);
      return health;
    },
    getMany: (entity, ids, call) =>
      ask('getMany', [entity, ids], ids.length, call, (within) => adapter.getMany(entity, ids, within)),
    list: (entity, query, call) =>
      ask('list', [entity, query], 1, call, (within) => adapter.list(entity, query, within)),
    related: (relation, parents, query, call) =>
      ask('related', [relation, parents, query], parents.length, call, (within) =>
        adapter.related(relation, parents, query, within),
      ),
    ...(adapter.count === undefined
      ? {}
      : {
          count: (subject, call) =>
            ask('count', [subject], 'parents' in subject ? subject.parents.length : 1, call, (within) =>
              // The method is called on its adapter each time, since it may be one of a class.
              adapter.count === undefined ? Promise.reject(noCount()) : adapter.count(subject, within),
            ),
        }),
    ...(adapter.store === undefined ? {} : { store: adapter.store }),
  };
}

function callWithin(call: Call, { signal, deadline }: Wait): Call {
  return { signal, deadline, fields: call.fields, log: call.log, warn: (error) => call.warn(error) };
}

function noCount(): SourceError {
  return new SourceError('SOURCE_UNSUPPORTED', 'The source cannot count.');
}
