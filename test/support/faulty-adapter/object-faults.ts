import type { Call } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { PlantedFault } from './faults.ts';
import { withObjects, wrapped } from './wrapped.ts';

/** Faults of what objects hold, and of when they hold it. */
export const OBJECT_FAULTS: readonly PlantedFault[] = [
  {
    fault: 'gives a status that is none',
    caughtBy: 'model',
    also: ['known-data', 'combined-filters', 'counts'],
    plant: (honest) =>
      withObjects(honest, (object) =>
        'status' in object && object.status === 'FAIL' ? Object.assign({}, object, { status: 'FAILED' }) : object,
      ),
  },
  {
    fault: 'refuses most of its records',
    caughtBy: 'refused-records',
    also: [
      'known-data',
      'has-more',
      'paging',
      'seek',
      'totals',
      'lookup-equals-list',
      'issue-versions',
      'related',
      'related-paging',
      'dangling',
      'filters',
      'combined-filters',
      'relation-filters',
      'hostile-keys',
      'absent-keys',
      'counts',
      'aliases',
    ],
    plant: (honest) => {
      const isGood = ({ id }: { readonly id: string }, call: Call) => {
        if (id.endsWith('1')) return true;
        call.warn(new SourceError('SOURCE_BAD_DATA', `The record ${id} is not understood.`, { id }));
        return false;
      };
      return wrapped(honest, {
        list: async (entity, query, call) => {
          const page = await honest.list(entity, query, call);
          return { ...page, items: page.items.filter(({ object }) => isGood(object, call)), included: [] };
        },
        get: async (entity, ids, call) => {
          const found = await honest.get(entity, ids, call);
          return new Map([...found].filter(([, value]) => !('object' in value) || isGood(value.object, call)));
        },
        related: async (relation, parents, query, call) => {
          const pages = await honest.related(relation, parents, query, call);
          return new Map(
            [...pages].map(([parent, page]) => [
              parent,
              'items' in page ? { ...page, items: page.items.filter(({ object }) => isGood(object, call)) } : page,
            ]),
          );
        },
      });
    },
  },
  {
    fault: 'leaves out a field that must be there',
    caughtBy: 'model',
    also: ['known-data', 'counts'],
    plant: (honest) =>
      withObjects(honest, (object) => {
        const copy = { ...object };
        Reflect.deleteProperty(copy, 'origin');
        return copy;
      }),
  },
  {
    fault: 'leaves a field undefined that should be null',
    caughtBy: 'model',
    plant: (honest) =>
      withObjects(honest, (object) => {
        const copy = { ...object };
        if (object.misc === null) Reflect.deleteProperty(copy, 'misc');
        return copy;
      }),
  },
  {
    fault: 'gives times in another form',
    caughtBy: 'model',
    also: ['known-data'],
    plant: (honest) =>
      withObjects(honest, (object) => Object.assign({}, object, { timestamp: '2026-01-01T00:00:00+00:00' })),
  },
  {
    fault: 'keeps git:// URLs, which KCIDB refuses',
    caughtBy: 'model',
    also: ['known-data', 'filters', 'combined-filters', 'relation-filters'],
    plant: (honest) =>
      withObjects(honest, (object) =>
        'gitRepositoryUrl' in object ? Object.assign({}, object, { gitRepositoryUrl: 'git:// a url' }) : object,
      ),
  },
  {
    fault: 'names fields in snake case',
    caughtBy: 'model',
    plant: (honest) => withObjects(honest, (object) => Object.assign({}, object, { log_url: null })),
  },
  {
    fault: 'gives objects of another type',
    caughtBy: 'model',
    also: ['known-data', 'related', 'filters', 'relation-filters'],
    plant: (honest) =>
      withObjects(honest, (object) => {
        if (!('issueId' in object)) return object;
        const copy = { ...object };
        for (const field of ['issueId', 'issueVersion', 'present']) Reflect.deleteProperty(copy, field);
        return Object.assign(copy, { architecture: 'x86_64' });
      }),
  },
  {
    fault: 'fetches excerpts always',
    caughtBy: 'fields',
    plant: (honest) =>
      wrapped(honest, {
        get: (entity, ids, call) =>
          honest.get(entity, ids, { ...call, fields: new Set([...call.fields, 'logExcerpt']) }),
      }),
  },
  {
    fault: 'leaves out what is asked for when little is',
    caughtBy: 'fields',
    plant: (honest) =>
      wrapped(honest, {
        get: (entity, ids, call) =>
          honest.get(entity, ids, { ...call, fields: new Set(call.fields.size < 4 ? [] : call.fields) }),
      }),
  },
  {
    fault: 'changes objects that it gave before',
    caughtBy: 'immutable-answers',
    plant: (honest) => {
      const shared = new Map<string, object>();
      return wrapped(honest, {
        get: async (entity, ids, call) => {
          const found = await honest.get(entity, ids, call);
          for (const [key, value] of found) {
            if (!('object' in value)) continue;
            const known = shared.get(`${entity} ${key}`) ?? {};
            shared.set(`${entity} ${key}`, known);
            const object = Object.assign(known, value.object);
            Object.assign(value, { object });
          }
          return found;
        },
      });
    },
  },
  {
    fault: 'gives another time by key than in lists',
    caughtBy: 'lookup-equals-list',
    plant: (honest) =>
      wrapped(honest, {
        get: async (entity, ids, call) => {
          const found = await honest.get(entity, ids, call);
          return new Map(
            [...found].map(([key, value]) => [
              key,
              'object' in value ? { ...value, time: value.object.timestamp } : value,
            ]),
          );
        },
      }),
  },
  {
    fault: 'does not have an object that is known',
    caughtBy: 'known-data',
    also: [
      'has-more',
      'paging',
      'seek',
      'totals',
      'related',
      'filters',
      'combined-filters',
      'relation-filters',
      'counts',
    ],
    plant: (honest) =>
      wrapped(honest, {
        get: async (entity, ids, call) =>
          new Map([...(await honest.get(entity, ids, call))].filter(([key]) => !key.endsWith('3'))),
        list: async (entity, query, call) => {
          const page = await honest.list(entity, query, call);
          return { ...page, items: page.items.filter(({ object }) => !object.id.endsWith('3')) };
        },
      }),
  },
  {
    fault: 'gives a known object another text',
    caughtBy: 'known-data',
    plant: (honest) =>
      withObjects(honest, (object) =>
        'comment' in object && object.comment === '' ? Object.assign({}, object, { comment: null }) : object,
      ),
  },
  {
    fault: 'brings invalid objects along',
    caughtBy: 'included',
    plant: (honest) =>
      wrapped(honest, {
        list: async (entity, query, call) => {
          const page = await honest.list(entity, query, call);
          const included = page.included?.map((one) =>
            Object.assign({}, one, { object: Object.assign({}, one.object, { id: '' }) }),
          );
          return included === undefined ? page : { ...page, included };
        },
      }),
  },
];
