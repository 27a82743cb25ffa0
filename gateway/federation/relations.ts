import type { RelationName } from '../../adapters/adapter.ts';
import type { Filters } from '../../adapters/filter.ts';
import type { EntityName } from '../../adapters/model.ts';
import { childIds } from './child-ids.ts';
import type { ListPart, ListPlace, ListSubject, ParentField } from './list-subject.ts';
import { directParts, type PartsOf, type SourceParts } from './listed-sources.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import { entityCapability, relationCapability } from './select-sources.ts';

/** What a composed list is put together from: the children of these ids. */
interface Below {
  readonly relation: RelationName;
  readonly field: ParentField;
  readonly ids: ReadonlySet<string>;
}

/** The relations that are composed, with all that lies on the way. */
const COMPOSED: { readonly [R in RelationName]?: readonly EntityName[] } = {
  buildsOfRevision: ['checkout', 'build'],
  testsOfRevision: ['checkout', 'build', 'test'],
  incidentsOfRevision: ['checkout', 'build', 'test', 'incident'],
  testsOfCheckout: ['build', 'test'],
};

interface Steps {
  readonly below: readonly Below[];
  readonly isPartial: boolean;
}

/**
 * How the list of a relation is made of sources' lists. Where all of it lies in one source that declares the relation,
 * it is asked for directly; else the gateway goes from checkouts to builds to what hangs on them, since each step may
 * lie in another source.
 */
export async function relationParts<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  places: readonly ListPlace[],
): Promise<PartsOf<E>> {
  const { relation } = subject;
  const onTheWay = relation === null ? undefined : COMPOSED[relation];
  if (relation === null || onTheWay === undefined || isInOneSource(subject, relation, onTheWay)) {
    return directParts(subject);
  }
  const steps = new Map<ListPlace, Steps>();
  await Promise.all(places.map(async (place) => steps.set(place, await stepsDown(context, subject, relation, place))));
  return (source, place) => {
    const { below, isPartial } = steps.get(place) ?? { below: [], isPartial: true };
    return { ...composedParts(source, subject, below, places.length === 1), isPartial };
  };
}

function isInOneSource<E extends EntityName>(
  { scope }: ListSubject<E>,
  relation: RelationName,
  onTheWay: readonly EntityName[],
): boolean {
  const holding = scope.sources.filter((source) => onTheWay.some((entity) => entityCapability(source, entity)));
  const [only] = holding;
  return holding.length === 1 && only !== undefined && relationCapability(only, relation) !== undefined;
}

async function stepsDown<E extends EntityName>(
  context: RequestContext,
  { scope }: ListSubject<E>,
  relation: RelationName,
  { parent, path }: ListPlace,
): Promise<Steps> {
  let isPartial = false;
  const down = async (step: RelationName, entity: EntityName, parents: Iterable<string>) => {
    const children = await childIds(context, { relation: step, entity, scope, parents, path });
    isPartial ||= children.isPartial;
    return children.ids;
  };
  const isOfCheckout = relation === 'testsOfCheckout';
  const checkouts = isOfCheckout ? new Set([parent]) : await down('checkoutsOfRevision', 'checkout', [parent]);
  if (relation === 'buildsOfRevision') {
    return { below: [{ relation: 'buildsOfCheckout', field: 'checkoutId', ids: checkouts }], isPartial };
  }
  const builds = await down('buildsOfCheckout', 'build', checkouts);
  if (relation !== 'incidentsOfRevision') {
    return { below: [{ relation: 'testsOfBuild', field: 'buildId', ids: builds }], isPartial };
  }
  const tests = await down('testsOfBuild', 'test', builds);
  const ofBuilds = { relation: 'incidentsOfBuild', field: 'buildId', ids: builds } as const;
  return { below: [ofBuilds, { relation: 'incidentsOfTest', field: 'testId', ids: tests }], isPartial };
}

/** Of one list at a time a source is asked by a list of ids; of many by parents, which share their calls. */
function composedParts<E extends EntityName>(
  source: Source,
  subject: ListSubject<E>,
  below: readonly Below[],
  isAlone: boolean,
): SourceParts<E> {
  const parts: ListPart<E>[] = [];
  const counted: ListPart<E>[] = [];
  for (const { relation, field, ids } of below) {
    if (ids.size === 0) continue;
    const byParent = [...ids].map((parent) => ({ relation, parent, where: subject.where }));
    counted.push(...byParent);
    const isRelated = relationCapability(source, relation) !== undefined;
    if (canListByIds(source, subject, field) && (isAlone || !isRelated)) parts.push(...listByIds(subject, field, ids));
    else if (isRelated) parts.push(...byParent);
    else return { obstacle: `cannot list ${subject.entity}s by ${relation}` };
  }
  // What hangs on builds and on tests may be the same incident: it has to be told by its id.
  return { parts, countParts: below.length === 1 ? counted : null };
}

function canListByIds<E extends EntityName>(source: Source, { entity, order }: ListSubject<E>, field: string): boolean {
  const capability = entityCapability(source, entity);
  const filters: { readonly [field: string]: readonly string[] | undefined } = capability?.filters ?? {};
  return capability?.list?.order.includes(order) === true && filters[field]?.includes('in') === true;
}

const NO_FILTER: Filters = { checkout: {}, build: {}, test: {}, issue: {}, incident: {} };

function listByIds<E extends EntityName>(
  { entity, where }: ListSubject<E>,
  field: Below['field'],
  ids: ReadonlySet<string>,
): readonly ListPart<E>[] {
  const wanted = wantedIds(where, field);
  const both = wanted === null ? [...ids] : wanted.filter((id) => ids.has(id));
  if (both.length === 0) return [];
  const byIds = { ...(where ?? NO_FILTER[entity]), [field]: { in: both } };
  return [{ relation: null, parent: '', where: byIds, below: { field, ids } }];
}

/** The ids that the client's own filter leaves. */
function wantedIds(where: object | null, field: string): readonly string[] | null {
  const filter: unknown = where === null ? undefined : Reflect.get(where, field);
  const ids: unknown = typeof filter === 'object' && filter !== null ? Reflect.get(filter, 'in') : undefined;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : null;
}
