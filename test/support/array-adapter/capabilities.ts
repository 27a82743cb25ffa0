import {
  type EntitySource,
  type EntitySources,
  type Keys,
  type Order,
  type Paging,
  RELATION_NAMES,
  RELATION_TARGETS,
  type RelationName,
  type RelationSource,
  type RelationSources,
} from '../../../adapters/contract/adapter.ts';
import { filtersOf } from '../../../adapters/contract/filter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../adapters/contract/model.ts';
import type { Asking } from '../asked-adapter.ts';

export interface ArrayCapabilities {
  /** `keyset` where left out. */
  readonly paging?: Paging;
  /** Keys an upstream request; 10 where left out. */
  readonly maxKeys?: number;
  /** Parents an upstream request; as many as keys where left out. */
  readonly maxParents?: number;
  /** 100 where left out. */
  readonly maxPage?: number;
  /** Both where left out. */
  readonly orders?: readonly Order[];
  /** All entities where left out; the others cannot be looked up, listed or counted. */
  readonly entities?: readonly EntityName[];
  /** All relations where left out. */
  readonly relations?: readonly RelationName[];
  /** The fields pushed down, of whichever entity has them; all where left out. */
  readonly filters?: readonly string[];
  /** `exact` where left out. */
  readonly count?: 'exact' | null;
  /** The ids that the source can hold. */
  readonly keys?: Keys;
}

/** What the adapter declares, answered by its four functions. */
export function tablesOf(
  options: ArrayCapabilities,
  asking: Asking,
): { readonly entities: EntitySources; readonly relations: RelationSources } {
  const { paging = 'keyset', maxKeys = 10, maxPage = 100, orders = ['NEWEST', 'OLDEST'], count = 'exact' } = options;
  const keys = options.keys === undefined ? {} : { keys: options.keys };
  const list = { order: orders, paging, maxPage };
  const isWanted = (field: string) => options.filters === undefined || options.filters.includes(field);

  function entity<E extends EntityName>(name: E): EntitySource<E> | undefined {
    if (!(options.entities ?? ENTITY_NAMES).includes(name)) return undefined;
    const filters = filtersOf(name, isWanted);
    return {
      get: { maxKeys, read: (ids, call) => asking.get(name, ids, call) },
      list: { ...list, filters, read: (query, call) => asking.list(name, query, call) },
      ...(count !== null && {
        count: {
          ...{ precision: count, filters },
          read: async (where, call, allVersions = false) => {
            const counted = (await asking.count({ entity: name, where, allVersions }, call)).get('');
            if (counted === undefined || counted instanceof Error) throw counted ?? new Error('Nothing was counted.');
            return counted;
          },
        },
      }),
      ...{ freshnessMs: 0, ...keys },
    };
  }
  function relation<R extends RelationName>(name: R): RelationSource<R> | undefined {
    if (!(options.relations ?? RELATION_NAMES).includes(name)) return undefined;
    const filters = filtersOf(RELATION_TARGETS[name], isWanted);
    return {
      maxParents: options.maxParents ?? maxKeys,
      list: { ...list, filters, read: (parents, query, call) => asking.related(name, parents, query, call) },
      ...(count !== null && {
        count: {
          ...{ precision: count, filters },
          read: (parents, where, call) => asking.count({ relation: name, parents, where }, call),
        },
      }),
      ...(name.endsWith('OfRevision') ? {} : keys),
    };
  }
  return {
    entities: {
      checkout: entity('checkout'),
      build: entity('build'),
      test: entity('test'),
      issue: entity('issue'),
      incident: entity('incident'),
    },
    relations: {
      checkoutsOfRevision: relation('checkoutsOfRevision'),
      buildsOfCheckout: relation('buildsOfCheckout'),
      testsOfBuild: relation('testsOfBuild'),
      incidentsOfBuild: relation('incidentsOfBuild'),
      incidentsOfTest: relation('incidentsOfTest'),
      incidentsOfIssue: relation('incidentsOfIssue'),
      versionsOfIssue: relation('versionsOfIssue'),
      issuesOfRevision: relation('issuesOfRevision'),
      buildsOfRevision: relation('buildsOfRevision'),
      testsOfRevision: relation('testsOfRevision'),
      incidentsOfRevision: relation('incidentsOfRevision'),
      testsOfCheckout: relation('testsOfCheckout'),
    },
  };
}
