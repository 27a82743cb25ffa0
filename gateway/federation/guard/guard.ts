import {
  type Adapter,
  type Call,
  type EntitySource,
  type Health,
  type Logger,
  mapEntities,
  mapRelations,
  RELATION_TARGETS,
  type RelationName,
  type RelationSource,
} from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { EntityName } from '../../../adapters/contract/model.ts';
import { MAX_REST_MS } from '../../../adapters/kit/upstream.ts';
import { type AnswerCacheSettings, type AnswerContent, contentOfCounts, contentOfPages } from './answer-cache.ts';
import { sourceFault } from './answer-faults.ts';
import { Breaker, type BreakerSettings, type Pass, SourceProbe } from './breaker.ts';
import { checkedAdapter } from './checked-adapter.ts';
import { DeadlineExpired, WAIT_MS, withinDeadline } from './deadline.ts';
import { askKeys, SharedCalls, type WholeQuestion } from './shared-calls.ts';
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

/** Of a call that the breaker was not asked about. */
const NO_TRY: Pass = { isProbe: false, endsRest: false };

/** A question that is answered in one piece. */
interface Asked<T> {
  readonly name: string;
  /** All that the answer depends on, beside the fields. */
  readonly asked: readonly unknown[];
  readonly entity: EntityName;
  /** How many keys or parents it is about. */
  readonly keys: number;
  contentOf(answer: T): AnswerContent;
}

/** The half of the guard round an adapter. It is an adapter itself; its promises reject with nothing but SourceErrors. */
export function guardAdapter(adapter: Adapter, options: GuardOptions): Adapter {
  const { settings, state, source, log, metrics } = options;
  const inner = checkedAdapter(adapter, source, log);
  const breaker = new Breaker(settings.breaker, settings.restAfter429);
  const probe = new SourceProbe(inner, source, Math.min(settings.timeout, WAIT_MS.probe), log);
  const shared = new SharedCalls(settings, () => metrics?.cacheHit(source));
  // What a store acknowledged it must show at once: an answer from before would hide it.
  const isShared = adapter.store === undefined;

  async function guarded<T>(name: string, keys: number, call: Call, run: (call: Call) => Promise<T>): Promise<T> {
    const pass = enter();
    const start = performance.now();
    try {
      const answer = await withinDeadline(call, settings.timeout, (wait) => run({ ...call, ...wait }));
      const ms = performance.now() - start;
      breaker.succeeded(pass);
      state.succeeded(ms);
      metrics?.called(source, name, ms, null, keys);
      return answer;
    } catch (cause) {
      const error = withRest(sourceFault(cause, source, name, log), settings.restAfter429);
      // A client that went away before its deadline says nothing of the source.
      const hasLeft =
        call.signal.aborted && !(call.signal.reason instanceof DeadlineExpired) && Date.now() < call.deadline;
      // Neither does what is the gateway's own: its queue, its budget, a question that was too large.
      if (hasLeft || error.origin === 'gateway') breaker.abandoned(pass);
      else if (error.code === 'SOURCE_TIMEOUT') void probeAfterTimeout(pass, error);
      else recordFailure(pass, error);
      metrics?.called(source, name, performance.now() - start, error.code, keys);
      throw error;
    }
  }

  function enter(): Pass {
    try {
      return breaker.enter();
    } catch (error) {
      if (error instanceof SourceError) metrics?.refused(source, error.code);
      throw error;
    }
  }

  /** One question may take too long at a source that answers all others: it counts only where the source is not there. */
  async function probeAfterTimeout(pass: Pass, error: SourceError): Promise<void> {
    // What is shown meanwhile is the failure: it may be the first of an outage.
    state.failed(error.message, breaker.isOpen);
    const start = performance.now();
    const outcome = await probe.ask();
    if (outcome === 'absent') return recordFailure(pass, error);
    if (outcome === 'there' && pass.isProbe) breaker.succeeded(pass);
    else breaker.abandoned(pass);
    if (outcome === 'there' && !breaker.isOpen) state.succeeded(performance.now() - start);
  }

  /** Whatever the breaker says: how the source is now. It closes no breaker, but lets the next call try. */
  async function probed(call: Call): Promise<Health> {
    const start = performance.now();
    try {
      const health = await withinDeadline(call, settings.timeout, (wait) => inner.health({ ...call, ...wait }));
      const ms = performance.now() - start;
      metrics?.called(source, 'health', ms, null, 0);
      if (!health.ok) recordFailure(NO_TRY, unwell(health));
      else if (breaker.isOpen) breaker.tryNow();
      else state.succeeded(ms);
      return health;
    } catch (cause) {
      const error = sourceFault(cause, source, 'health', log);
      metrics?.called(source, 'health', performance.now() - start, error.code, 0);
      if (error.origin === 'source' && error.code !== 'SOURCE_RATE_LIMITED') recordFailure(NO_TRY, error);
      throw error;
    }
  }

  function recordFailure(pass: Pass, error: SourceError): void {
    breaker.failed(pass, error);
    if (error.code !== 'SOURCE_UNSUPPORTED') state.failed(error.message, breaker.isOpen);
  }

  function ask<T>(
    { name, asked, entity, keys, contentOf }: Asked<T>,
    call: Call,
    run: (call: Call) => Promise<T>,
  ): Promise<T> {
    const start = (within: Call) => guarded(name, keys, within, run);
    if (!isShared) return start(call);
    const question: WholeQuestion<T> = {
      name: nameOf(name, asked, call),
      freshness: freshnessOf(entity),
      contentOf: (answer) => (isComplete(answer) ? contentOf(answer) : null),
    };
    return shared.ask(question, call, start);
  }

  function freshnessOf(entity: EntityName): number {
    return adapter.entities[entity]?.freshnessMs ?? 0;
  }

  function guardEntity<E extends EntityName>(source: EntitySource<E>, entity: E): EntitySource<E> {
    const { get, list, count } = source;
    const read: EntitySource<E>['get'] = get && {
      ...get,
      read: (ids, call) => {
        const ask = (keys: readonly string[], within: Call) =>
          guarded('get', keys.length, within, (alone) => get.read(keys, alone));
        if (!isShared) return ask(ids, call);
        const question = { entity, name: nameOf('get', [entity], call), keys: ids, freshness: freshnessOf(entity) };
        return askKeys(shared, question, call, ask);
      },
    };
    const listed: EntitySource<E>['list'] = list && {
      ...list,
      read: (query, call) => {
        const about = { entity, query, fields: call.fields, isLookUp: true, isNewest: query.allVersions !== true };
        const asked = [entity, query];
        return ask(
          { name: 'list', asked, entity, keys: 1, contentOf: (page) => contentOfPages(about, [page]) },
          call,
          (within) => list.read(query, within),
        );
      },
    };
    const counted: EntitySource<E>['count'] = count && {
      ...count,
      read: (where, call, allVersions) =>
        ask(
          {
            ...{ name: 'count', asked: [entity, where, allVersions], entity, keys: 1 },
            contentOf: (counts) => contentOfCounts([counts], 1, true),
          },
          call,
          (within) => count.read(where, within, allVersions),
        ),
    };
    return {
      ...source,
      ...(read === undefined ? {} : { get: read }),
      ...(listed === undefined ? {} : { list: listed }),
      ...(counted === undefined ? {} : { count: counted }),
    };
  }

  function guardRelation<R extends RelationName>(source: RelationSource<R>, relation: R): RelationSource<R> {
    const { list, count } = source;
    const entity = RELATION_TARGETS[relation];
    const listed: RelationSource<R>['list'] = list && {
      ...list,
      read: (parents, query, call) => {
        const about = { entity, query, fields: call.fields, isLookUp: isByCommit(relation), isNewest: false };
        return ask(
          {
            ...{ name: 'related', asked: [relation, parents, query], entity, keys: parents.length },
            contentOf: (pages) => contentOfPages(about, pages.values(), parents.length),
          },
          call,
          (within) => list.read(parents, query, within),
        );
      },
    };
    const counted: RelationSource<R>['count'] = count && {
      ...count,
      read: (parents, where, call) =>
        ask(
          {
            ...{ name: 'count', asked: [relation, parents, where], entity, keys: parents.length },
            contentOf: (counts) => contentOfCounts(counts.values(), parents.length, isByCommit(relation)),
          },
          call,
          (within) => count.read(parents, where, within),
        ),
    };
    return {
      ...source,
      ...(listed === undefined ? {} : { list: listed }),
      ...(counted === undefined ? {} : { count: counted }),
    };
  }

  return {
    entities: mapEntities(inner.entities, guardEntity),
    relations: mapRelations(inner.relations, guardRelation),
    start: () => adapter.start(),
    stop: async () => {
      await probe.stop();
      await options.onStop?.();
      await adapter.stop();
    },
    health: async (call) => {
      if (call.isProbe === true) return await probed(call);
      const sick: Health[] = [];
      try {
        return await guarded('health', 0, call, async (within) => {
          const health = await inner.health(within);
          if (health.ok) return health;
          sick.push(health);
          throw unwell(health);
        });
      } catch (error) {
        const [said] = sick;
        if (said === undefined) throw error;
        return said;
      }
    },
    ...(adapter.store === undefined ? {} : { store: adapter.store }),
  };
}

/** How long a source rests that did not say so itself. */
function withRest(error: SourceError, restAfter429: number): SourceError {
  const { code, message, origin } = error;
  if (code !== 'SOURCE_RATE_LIMITED') return error;
  const retryAfterMs = Math.min(error.retryAfterMs ?? restAfter429, MAX_REST_MS);
  return retryAfterMs === error.retryAfterMs
    ? error
    : new SourceError(code, message, { retryAfterMs, origin, cause: error });
}

function unwell({ detail }: Health): SourceError {
  return new SourceError('SOURCE_UNAVAILABLE', detail ?? 'The source says that it is not well.');
}

/** Whether an empty answer says that the source does not know the commit. */
function isByCommit(relation: RelationName): boolean {
  return relation.endsWith('OfRevision');
}

function nameOf(call: string, asked: readonly unknown[], { fields }: Call): string {
  return JSON.stringify([call, asked, [...fields].sort()]);
}

/** A failed key, a page of an index that is still filling, or one without the items that it says come is asked for again. */
function isComplete(answer: unknown): boolean {
  if (answer instanceof SourceError) return false;
  if (answer instanceof Map) return [...answer.values()].every((value) => isComplete(value));
  if (typeof answer !== 'object' || answer === null || !('items' in answer) || !('hasMore' in answer)) return true;
  if ('pending' in answer && answer.pending === true) return false;
  return answer.hasMore !== true || !Array.isArray(answer.items) || answer.items.length > 0;
}
