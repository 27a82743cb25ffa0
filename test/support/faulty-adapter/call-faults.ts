import { setImmediate as nextTurn } from 'node:timers/promises';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { PlantedFault } from './faults.ts';
import { withRequests, wrapped } from './wrapped.ts';

/** Faults of how calls are answered: keys, parents, counts, errors, time. */
export const CALL_FAULTS: readonly PlantedFault[] = [
  {
    fault: 'asks upstream for each parent',
    caughtBy: 'batching',
    plant: (honest) =>
      wrapped(honest, {
        related: async (relation, parents, query, call) => {
          const pages = await Promise.all(parents.map((parent) => honest.related(relation, [parent], query, call)));
          return new Map(pages.flatMap((page) => [...page]));
        },
      }),
  },
  {
    fault: 'asks upstream for each key',
    caughtBy: 'batching',
    plant: (honest) =>
      wrapped(honest, {
        get: async (entity, ids, call) => {
          const found = await Promise.all(ids.map((id) => honest.get(entity, [id], call)));
          return new Map(found.flatMap((one) => [...one]));
        },
      }),
  },
  {
    fault: 'asks upstream more often for a field than it declares',
    caughtBy: 'batching',
    plant: (honest) =>
      wrapped(honest, {
        entities: withRequests(honest.entities, { perBatch: 1, forFields: { misc: 1 } }),
        get: async (entity, ids, call) => {
          const some = call.fields.has('misc') ? ids.slice(0, 1) : [];
          for (let batch = 0; batch < ids.length / 5; batch++) await honest.get(entity, some, call);
          return honest.get(entity, ids, call);
        },
      }),
  },
  {
    fault: 'declares more requests for a field that its entity does not have',
    caughtBy: 'capabilities',
    plant: (honest) =>
      wrapped(honest, { entities: withRequests(honest.entities, { perBatch: 1, forFields: { log_url: 1 } }) }),
  },
  {
    fault: 'goes on when nobody waits any more',
    caughtBy: 'cancellation',
    options: { latencyMs: 3 },
    plant: (honest) =>
      wrapped(honest, {
        get: (entity, ids, call) => honest.get(entity, ids, { ...call, signal: new AbortController().signal }),
      }),
  },
  {
    fault: 'lets a list be answered long after it was aborted',
    caughtBy: 'cancellation',
    options: { latencyMs: 150 },
    plant: (honest) =>
      wrapped(honest, {
        list: (entity, query, call) => honest.list(entity, query, { ...call, signal: AbortSignal.any([]) }),
      }),
  },
  {
    fault: 'fails for keys that it does not know',
    caughtBy: 'absent-keys',
    also: ['hostile-keys'],
    plant: (honest) =>
      wrapped(honest, {
        get: async (entity, ids, call) => {
          const found = await honest.get(entity, ids, call);
          if (found.size < ids.length) throw new SourceError('SOURCE_BAD_DATA', 'Not all of the ids exist.');
          return found;
        },
      }),
  },
  {
    fault: 'puts an error under keys that it does not know',
    caughtBy: 'absent-keys',
    also: ['hostile-keys'],
    plant: (honest) =>
      wrapped(honest, {
        get: async (entity, ids, call) => {
          const found = await honest.get(entity, ids, call);
          const error = new SourceError('SOURCE_BAD_DATA', 'There is no such id.');
          return new Map(ids.map((id) => [id, found.get(id) ?? error] as const));
        },
      }),
  },
  {
    fault: 'fails for keys with a NUL',
    caughtBy: 'hostile-keys',
    plant: (honest) =>
      wrapped(honest, {
        get: async (entity, ids, call) => {
          if (ids.some((id) => id.includes('\0'))) throw new SourceError('SOURCE_BAD_DATA', 'The bytes are not valid.');
          return honest.get(entity, ids, call);
        },
      }),
  },
  {
    fault: 'answers a key under another',
    caughtBy: 'answer-keys',
    also: ['known-data', 'lookup-equals-list', 'issue-versions'],
    plant: (honest) =>
      wrapped(honest, {
        get: async (entity, ids, call) => {
          const found = [...(await honest.get(entity, ids, call))];
          return new Map(found.map(([key], index) => [key, (found[(index + 1) % found.length] ?? found[0])![1]]));
        },
      }),
  },
  {
    fault: 'does not hold what its pattern of ids says',
    caughtBy: 'answer-keys',
    options: { keys: { origins: ['maestro'] } },
    plant: (honest) => honest,
  },
  {
    fault: 'finds the newest version of an issue, whichever is asked',
    caughtBy: 'issue-versions',
    also: ['known-data'],
    plant: (honest) =>
      wrapped(honest, {
        get: async (entity, ids, call) => {
          const asked = new Map(ids.map((id) => [id, entity === 'issue' ? id.replace(/^\d+@/, '') : id]));
          const found = await honest.get(entity, [...new Set(asked.values())], call);
          return new Map(
            ids.flatMap((id) => {
              const value = found.get(asked.get(id) ?? id);
              return value === undefined ? [] : [[id, value] as const];
            }),
          );
        },
      }),
  },
  {
    fault: 'does not know other names',
    caughtBy: 'aliases',
    options: { aliases: {} },
    plant: (honest) => honest,
  },
  {
    fault: 'gives children of one parent to another',
    caughtBy: 'related',
    also: ['dangling', 'counts'],
    plant: (honest) =>
      wrapped(honest, {
        related: async (relation, parents, query, call) => {
          const pages = [...(await honest.related(relation, parents, query, call))];
          return new Map(pages.map(([parent], index) => [parent, (pages[(index + 1) % pages.length] ?? pages[0])![1]]));
        },
      }),
  },
  {
    fault: 'hides children whose parent it lacks',
    caughtBy: 'dangling',
    also: ['batching'],
    plant: (honest) =>
      wrapped(honest, {
        related: async (relation, parents, query, call) => {
          if (relation !== 'testsOfBuild') return honest.related(relation, parents, query, call);
          const builds = await honest.get('build', parents, call);
          return honest.related(
            relation,
            parents.filter((parent) => builds.has(parent)),
            query,
            call,
          );
        },
      }),
  },
  {
    fault: 'gives the first page of children again and again',
    caughtBy: 'related-paging',
    plant: (honest) =>
      wrapped(honest, {
        related: (relation, parents, query, call) => honest.related(relation, parents, { ...query, after: null }, call),
      }),
  },
  {
    fault: 'ignores filters below parents',
    caughtBy: 'relation-filters',
    plant: (honest) =>
      wrapped(honest, {
        related: (relation, parents, query, call) => honest.related(relation, parents, { ...query, where: null }, call),
      }),
  },
  {
    fault: 'counts one too many',
    caughtBy: 'counts',
    plant: (honest) =>
      wrapped(honest, {
        count: async (subject, call) => {
          const counts = (await honest.count?.(subject, call)) ?? new Map();
          return new Map(
            [...counts].map(([key, count]) => [key, 'total' in count ? { ...count, total: count.total + 1 } : count]),
          );
        },
      }),
  },
  {
    fault: 'counts without the filter',
    caughtBy: 'counts',
    plant: (honest) =>
      wrapped(honest, {
        count: async (subject, call) => (await honest.count?.({ ...subject, where: null }, call)) ?? new Map(),
      }),
  },
  {
    fault: 'throws a TypeError when the source is down',
    caughtBy: 'errors',
    plant: (honest) =>
      wrapped(honest, {
        list: (entity, query, call) =>
          honest.list(entity, query, call).catch(() => {
            throw new TypeError('fetch failed');
          }),
      }),
  },
  {
    fault: 'warns of what is no SourceError',
    caughtBy: 'errors',
    plant: (honest) =>
      wrapped(honest, {
        list: (entity, query, call) => {
          call.warn(
            Object.assign(new Error('Something is odd.'), {
              code: 'ODD' as never,
              retryAfterMs: null,
              id: null,
              origin: 'source' as const,
              isRetryable: false,
            }),
          );
          return honest.list(entity, query, call);
        },
      }),
  },
  {
    fault: 'fails whenever incidents are listed',
    caughtBy: 'answers',
    plant: (honest) =>
      wrapped(honest, {
        list: (entity, query, call) => {
          if (entity === 'incident') throw new SourceError('SOURCE_UNAVAILABLE', 'The answer has status 500.');
          return honest.list(entity, query, call);
        },
      }),
  },
  {
    fault: 'declares a relation that it does not have',
    caughtBy: 'capabilities',
    also: ['answers'],
    plant: (honest) =>
      wrapped(honest, {
        related: async (relation, parents, query, call) => {
          if (relation === 'testsOfCheckout') throw new SourceError('SOURCE_UNSUPPORTED', 'That cannot be asked here.');
          return honest.related(relation, parents, query, call);
        },
      }),
  },
  {
    fault: 'declares a list without the function that reads it',
    caughtBy: 'capabilities',
    also: ['deadline', 'answers', 'errors'],
    plant: (honest) => {
      const { test } = honest.entities;
      const list = { ...test?.list };
      Reflect.deleteProperty(list, 'read');
      return { ...wrapped(honest, {}), entities: { ...honest.entities, test: Object.assign({}, test, { list }) } };
    },
  },
  {
    fault: 'declares pages of no objects',
    caughtBy: 'capabilities',
    plant: (honest) => {
      const { test } = honest.entities;
      const list = { ...test?.list, maxPage: 0 };
      return wrapped(honest, { entities: { ...honest.entities, test: Object.assign({}, test, { list }) } });
    },
  },
  {
    fault: 'keeps what is asked where the next call finds it',
    caughtBy: 'concurrency',
    plant: (honest) => {
      let current = '';
      return wrapped(honest, {
        get: async (entity, ids, call) => {
          current = entity;
          await nextTurn();
          return current === entity ? honest.get(entity, ids, call) : new Map();
        },
      });
    },
  },
  {
    fault: 'throws when it is asked how it is',
    caughtBy: 'health',
    plant: (honest) => wrapped(honest, { health: () => Promise.reject(new Error('ECONNREFUSED')) }),
  },
  {
    fault: 'cannot be stopped twice',
    caughtBy: 'start-stop',
    plant: (honest) => {
      let stops = 0;
      return wrapped(honest, {
        stop: async () => {
          stops += 1;
          if (stops > 1) throw new Error('Called end on pool more than once');
        },
      });
    },
  },
  {
    fault: 'does not start while the source is down',
    caughtBy: 'start-stop',
    plant: (honest) => wrapped(honest, { start: () => Promise.reject(new Error('ECONNREFUSED')) }),
  },
  {
    fault: 'says that the data is bad when the deadline has passed',
    caughtBy: 'deadline',
    plant: (honest) =>
      wrapped(honest, {
        list: async (entity, query, call) => {
          if (call.deadline < Date.now()) throw new SourceError('SOURCE_BAD_DATA', 'There was no answer.');
          return honest.list(entity, query, call);
        },
      }),
  },
  {
    fault: 'never answers a look-up of incidents',
    caughtBy: 'answer-shape',
    callMs: 50,
    plant: (honest) =>
      wrapped(honest, {
        get: (entity, ids, call) => (entity === 'incident' ? new Promise(() => {}) : honest.get(entity, ids, call)),
      }),
  },
  {
    fault: 'gives a plain object for a Map',
    caughtBy: 'answer-shape',
    plant: (honest) =>
      wrapped(honest, {
        related: async (relation, parents, query, call) => {
          const pages = await honest.related(relation, parents, query, call);
          return JSON.parse(JSON.stringify(Object.fromEntries(pages)));
        },
      }),
  },
];
