import {
  type Capabilities,
  type EntityCapability,
  type Order,
  type Paging,
  RELATION_TARGETS,
  type RelationCapability,
  type RelationName,
} from '../../../adapters/adapter.ts';
import { FILTER_FIELDS, type FilterOperator } from '../../../adapters/filter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../adapters/model.ts';

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
  readonly keys?: string;
}

/** Every filter that is asked for, with all its operators. */
function filtersOf(entity: EntityName, wanted: readonly string[] | undefined) {
  const rules: Readonly<Record<string, { readonly operators: readonly FilterOperator[] }>> = FILTER_FIELDS[entity];
  const filters: Record<string, readonly FilterOperator[]> = {};
  for (const [name, { operators }] of Object.entries(rules)) {
    if (wanted === undefined || wanted.includes(name)) filters[name] = operators;
  }
  return filters;
}

export function capabilitiesOf(options: ArrayCapabilities): Capabilities {
  const { paging = 'keyset', maxKeys = 10, maxPage = 100, orders = ['NEWEST', 'OLDEST'], count = 'exact' } = options;
  const keys = options.keys === undefined ? {} : { keys: options.keys };
  const common = { get: { maxKeys }, list: { order: orders, paging, maxPage }, count, freshnessMs: 0, ...keys };
  const all: { readonly [E in EntityName]: EntityCapability<E> } = {
    checkout: { ...common, filters: filtersOf('checkout', options.filters) },
    build: { ...common, filters: filtersOf('build', options.filters) },
    test: { ...common, filters: filtersOf('test', options.filters) },
    issue: { ...common, filters: filtersOf('issue', options.filters) },
    incident: { ...common, filters: filtersOf('incident', options.filters) },
  };
  const entities = Object.fromEntries((options.entities ?? ENTITY_NAMES).map((entity) => [entity, all[entity]]));
  const relations: { [R in RelationName]?: RelationCapability } = {};
  for (const relation of relationNames(options.relations)) {
    const revision = relation.endsWith('OfRevision');
    relations[relation] = {
      maxParents: options.maxParents ?? maxKeys,
      order: orders,
      paging,
      maxPage,
      count,
      ...(revision ? {} : keys),
    };
  }
  return { entities, relations };
}

function relationNames(wanted: readonly RelationName[] | undefined): readonly RelationName[] {
  const isRelation = (name: string): name is RelationName => name in RELATION_TARGETS;
  return wanted ?? Object.keys(RELATION_TARGETS).filter(isRelation);
}
