import type { RelationName } from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';
import type { Filters } from '../../adapters/contract/filter.ts';
import type { Entities, EntityName } from '../../adapters/contract/model.ts';
import {
  type AncestorOrigin,
  buildsFittingIn,
  checkoutsFittingIn,
  type FittingAncestors,
  fittingBuilds,
  fittingBuildsAmong,
  fittingCheckouts,
} from './ancestors.ts';
import { type FieldSet, fieldSet } from './field-set.ts';
import { type RowsQuery, readRows } from './list/list.ts';
import {
  type ListPart,
  type ListPlace,
  type ListSubject,
  type ParentField,
  type ParentIds,
  reportUnable,
  type UnableSource,
} from './list/query.ts';
import type { Copy } from './merge.ts';
import type { Source } from './registry.ts';
import type { RequestContext, Scope } from './request.ts';
import {
  ancestorConditions,
  canHoldBelow,
  canListByParents,
  decidesAlone,
  entitySource,
  listObstacle,
  listTerms,
  NO_FILTER,
  PARENT_FIELDS,
  relationSource,
  subjectOf,
  takes,
  withoutAncestors,
} from './source-plan.ts';

/** What a composed list is put together from: the children of these ids. */
interface Below {
  readonly relation: RelationName;
  readonly field: ParentField;
  readonly ids: ReadonlySet<string>;
}

/** How a list is made of lists that the sources have. */
export interface Composition {
  /** What is read; null: the list itself, as the sources have it. */
  readonly below: readonly Below[] | null;
  /** Some of the parents may be missing. */
  readonly isPartial: boolean;
  /** The parents that fit what the filter asks of ancestors; null where it asks nothing, or they are not known. */
  readonly fitting: ParentIds | null;
  /** More parents fit than were found: a source adds what it finds by the ancestors that it has itself. */
  readonly isCut: boolean;
  /** Of the fitting parents those that a source finds by itself. */
  foundIn(source: Source): ReadonlySet<string>;
}

/** The relations that are composed, with all that lies on the way. */
const COMPOSED: { readonly [R in RelationName]?: readonly EntityName[] } = {
  buildsOfRevision: ['checkout', 'build'],
  testsOfRevision: ['checkout', 'build', 'test'],
  incidentsOfRevision: ['checkout', 'build', 'test', 'incident'],
  testsOfCheckout: ['build', 'test'],
};

const NONE: ReadonlySet<string> = new Set();
const AS_IT_IS: Composition = { below: null, isPartial: false, fitting: null, isCut: false, foundIn: () => NONE };

/**
 * How a list is composed. Where all of it lies in one source that declares the relation, it is asked for directly; else
 * the gateway goes from checkouts to builds to what hangs on them, since each step may lie in another source. What a
 * filter asks of ancestors is evaluated on the way.
 */
export async function composeList<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
): Promise<Composition> {
  const { entity, relation, where } = subject;
  const { build, checkout } = ancestorConditions(entity, where);
  if ((build !== null || checkout !== null) && !areDecidedBySources(subject)) {
    return await composeByAncestors(context, subject, place, { build, checkout });
  }
  const onTheWay = relation === null ? undefined : COMPOSED[relation];
  if (relation === null || onTheWay === undefined || isInOneSource(subject.scope, relation, onTheWay)) return AS_IT_IS;
  return await stepsDown(context, subject, relation, place);
}

function isInOneSource(scope: Scope, relation: RelationName, onTheWay: readonly EntityName[]): boolean {
  const holding = scope.sources.filter((source) => onTheWay.some((entity) => entitySource(source, entity)));
  const [only] = holding;
  return holding.length === 1 && only !== undefined && relationSource(only, relation)?.list !== undefined;
}

/** Whether every source that has such objects decides itself what is asked of their ancestors. */
function areDecidedBySources<E extends EntityName>({ scope, entity, relation, where }: ListSubject<E>): boolean {
  const conditions = Object.entries(where ?? {}).filter(([field]) => {
    const subject = subjectOf(entity, field);
    return subject === 'build' || subject === 'checkout';
  });
  const onTheWay = relation === null ? undefined : COMPOSED[relation];
  if (relation !== null && onTheWay !== undefined && !isInOneSource(scope, relation, onTheWay)) {
    return false;
  }
  const holding = scope.sources.filter((source) => entitySource(source, entity) !== undefined);
  return holding.every((source) =>
    conditions.every(
      ([field, filter]) =>
        takes(listTerms(source, entity, relation)?.filters, field, filter) &&
        decidesAlone(scope, source, entity, subjectOf(entity, field)),
    ),
  );
}

/** The list below a revision or checkout, whatever its ancestors are. */
async function stepsDown<E extends EntityName>(
  context: RequestContext,
  { scope }: ListSubject<E>,
  relation: RelationName,
  { parent, path }: ListPlace,
): Promise<Composition> {
  let isPartial = false;
  const down = async (step: RelationName, entity: EntityName, parents: Iterable<string>) => {
    const fields = fieldSet(entity, []);
    const children = await childCopies(context, { relation: step, entity, scope, parents, fields, path });
    isPartial ||= children.isPartial;
    return new Set(children.copies.keys());
  };
  const composed = (below: readonly Below[]): Composition => ({ ...AS_IT_IS, below, isPartial });
  const isOfCheckout = relation === 'testsOfCheckout';
  const checkouts = isOfCheckout ? new Set([parent]) : await down('checkoutsOfRevision', 'checkout', [parent]);
  if (relation === 'buildsOfRevision') {
    return composed([{ relation: 'buildsOfCheckout', field: 'checkoutId', ids: checkouts }]);
  }
  const builds = await down('buildsOfCheckout', 'build', checkouts);
  if (relation !== 'incidentsOfRevision') {
    return composed([{ relation: 'testsOfBuild', field: 'buildId', ids: builds }]);
  }
  const tests = await down('testsOfBuild', 'test', builds);
  return composed([
    { relation: 'incidentsOfBuild', field: 'buildId', ids: builds },
    { relation: 'incidentsOfTest', field: 'testId', ids: tests },
  ]);
}

type Conditions = ReturnType<typeof ancestorConditions>;

/** The list of builds or tests whose ancestors fit: the ancestors are found first, over all sources. */
async function composeByAncestors<E extends EntityName>(
  context: RequestContext,
  { entity, relation, where, scope }: ListSubject<E>,
  { parent, path }: ListPlace,
  conditions: Conditions,
): Promise<Composition> {
  const named = relation === null ? idsIn(where, 'buildId') : null;
  const builds = relation === 'testsOfBuild' ? [parent] : named;
  if (entity === 'test' && builds !== null) {
    return belowBuilds(await fittingBuildsAmong(context, scope, conditions, builds, path), () => NONE);
  }
  // What is named by its id is few enough to be evaluated one by one.
  if (relation === null && idsIn(where, 'id') !== null) return AS_IT_IS;
  const from = originOf(entity, relation, parent, where);
  if (entity === 'build') {
    const checkouts = await fittingCheckouts(context, scope, conditions.checkout, from, path);
    const foundIn = (source: Source) => checkoutsFittingIn(source, checkouts.copies, conditions.checkout);
    const ids = new Set(checkouts.copies.keys());
    return below({ relation: 'buildsOfCheckout', field: 'checkoutId', ids }, checkouts, foundIn);
  }
  const isOfSome = relation !== null || conditions.checkout !== null;
  const checkouts = isOfSome ? await fittingCheckouts(context, scope, conditions.checkout, from, path) : null;
  const fitting = await fittingBuilds(context, scope, conditions.build, checkouts, path);
  return belowBuilds(fitting, (source) =>
    buildsFittingIn(source, fitting.copies, checkouts?.copies ?? null, conditions),
  );
}

function belowBuilds(builds: FittingAncestors<'build'>, foundIn: Composition['foundIn']): Composition {
  return below({ relation: 'testsOfBuild', field: 'buildId', ids: new Set(builds.copies.keys()) }, builds, foundIn);
}

function below(
  part: Below,
  { isPartial, isCut }: { readonly isPartial: boolean; readonly isCut: boolean },
  foundIn: Composition['foundIn'],
): Composition {
  return { below: [part], isPartial, isCut, fitting: { field: part.field, ids: part.ids }, foundIn };
}

function originOf(
  entity: EntityName,
  relation: RelationName | null,
  parent: string,
  where: object | null,
): AncestorOrigin {
  if (relation === 'buildsOfCheckout' || relation === 'testsOfCheckout') return { ids: [parent] };
  if (relation !== null) return { revision: parent };
  const checkoutIds = entity === 'build' ? idsIn(where, 'checkoutId') : null;
  if (checkoutIds !== null) return { ids: checkoutIds };
  const during: unknown = where === null ? undefined : Reflect.get(where, 'startTime');
  const to: unknown = typeof during === 'object' && during !== null ? Reflect.get(during, 'to') : undefined;
  return { startedBefore: typeof to === 'string' ? to : null };
}

/** What a source is asked for one list; an obstacle is the end of a sentence that begins with "This source". */
export type SourceParts<E extends EntityName> =
  | { readonly parts: readonly ListPart<E>[]; readonly countParts: readonly ListPart<E>[] | null }
  | { readonly obstacle: string };

/**
 * The lists of a source that make up the list of a place.
 * @param isAlone of one list at a time a source is asked by a list of ids; of many by parents, which share their calls
 */
export function partsOf<E extends EntityName>(
  source: Source,
  subject: ListSubject<E>,
  place: ListPlace,
  composition: Composition,
  isAlone: boolean,
): SourceParts<E> {
  const { below, fitting, isCut } = composition;
  const where = fitting === null ? subject.where : withoutAncestors(subject.entity, subject.where);
  if (below === null) {
    const { relation, entity, order } = subject;
    const field = relation === null ? undefined : PARENT_FIELDS[relation];
    if (relation !== null && field !== undefined && relationSource(source, relation)?.list === undefined) {
      const isHeld = canHoldBelow(source, relation, place.parent);
      if (!isHeld || !canListByParents(source, entity, field, order)) {
        return isHeld ? { obstacle: `cannot list ${entity}s by ${relation}` } : { parts: [], countParts: [] };
      }
      const parts = listByIds(subject, where, { field, ids: new Set([place.parent]) });
      return { parts, countParts: parts };
    }
    const parts = [{ relation, parent: place.parent, where }];
    return { parts, countParts: parts };
  }
  const parts: ListPart<E>[] = [];
  const counted: ListPart<E>[] = [];
  const filtersItself = isCut && subject.relation === null && takesAncestors(source, subject);
  const found = filtersItself ? composition.foundIn(source) : NONE;
  if (filtersItself) parts.push({ relation: null, parent: '', where: subject.where, byOwnAncestors: true });
  for (const { relation, field, ids: all } of below) {
    const ids = found.size === 0 ? all : new Set([...all].filter((id) => !found.has(id)));
    if (ids.size === 0) continue;
    const byParent = [...ids].map((parent) => ({ relation, parent, where }));
    counted.push(...byParent);
    const isRelated = relationSource(source, relation)?.list !== undefined;
    if (canListByParents(source, subject.entity, field, subject.order) && (isAlone || !isRelated))
      parts.push(...listByIds(subject, where, { field, ids }));
    else if (isRelated) parts.push(...byParent);
    else return { obstacle: `cannot list ${subject.entity}s by ${relation}` };
  }
  // What hangs on builds and on tests may be the same incident: it has to be told by its id.
  return { parts, countParts: below.length === 1 && !isCut ? counted : null };
}

/** Whether the source's own list applies all that the filter asks of ancestors. */
function takesAncestors<E extends EntityName>(source: Source, { entity, where, order }: ListSubject<E>): boolean {
  if (entitySource(source, entity)?.list?.order.includes(order) !== true) return false;
  const { build, checkout } = ancestorConditions(entity, where);
  const conditions = Object.entries({ ...build, ...checkout });
  return conditions.every(([field, filter]) => takes(listTerms(source, entity, null)?.filters, field, filter));
}

function listByIds<E extends EntityName>(
  { entity }: ListSubject<E>,
  where: Filters[E] | null,
  below: ParentIds,
): readonly ListPart<E>[] {
  const { field, ids } = below;
  const wanted = idsIn(where, field);
  const both = wanted === null ? [...ids] : wanted.filter((id) => ids.has(id));
  if (both.length === 0) return [];
  const byIds = { ...(where ?? NO_FILTER[entity]), [field]: { in: both } };
  return [{ relation: null, parent: '', where: byIds, below }];
}

/** The ids that the client's own filter leaves; null where it does not ask for them. */
function idsIn(where: object | null, field: string): readonly string[] | null {
  const filter: unknown = where === null ? undefined : Reflect.get(where, field);
  const ids: unknown = typeof filter === 'object' && filter !== null ? Reflect.get(filter, 'in') : undefined;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : null;
}

/** Children over which the gateway goes on from one relation to the next. */
export const MAX_CHILDREN = 5_000;

export interface ChildCopiesOptions<E extends EntityName> {
  readonly relation: RelationName;
  readonly entity: E;
  readonly scope: Scope;
  readonly parents: Iterable<string>;
  readonly fields: FieldSet;
  readonly path: readonly (string | number)[];
  /** Objects that are found at most. */
  readonly limit?: number;
}

/** Copies of objects by id, each id's by priority. */
export type CopiesById<E extends EntityName> = Map<string, Copy<Entities[E]>[]>;

export interface ChildCopies<E extends EntityName> {
  readonly copies: CopiesById<E>;
  /** A source failed, could not be asked, or has more: what hangs on its children cannot be counted. */
  readonly isPartial: boolean;
}

/** The children of some parents, of every source that has the relation; at most 5,000. */
export async function childCopies<E extends EntityName>(
  context: RequestContext,
  options: ChildCopiesOptions<E>,
): Promise<ChildCopies<E>> {
  const { relation, entity, scope, parents, fields, path, limit = MAX_CHILDREN } = options;
  const able: Source[] = [];
  const unable: UnableSource[] = [];
  const all = [...parents];
  for (const source of scope.sources) {
    if (entitySource(source, entity) === undefined) context.report.skipped.add(source.name);
    else if (all.some((parent) => canHoldBelow(source, relation, parent))) {
      const obstacle = isListed(source, entity, relation) ? null : childrenObstacle(source, entity, relation);
      if (obstacle === null) able.push(source);
      else unable.push([source, obstacle]);
    }
  }
  reportUnable(context, scope, unable, able.length > 0, path);
  let isPartial = unable.length > 0;
  const bySource = await Promise.all(
    able.map((source) => {
      if (isListed(source, entity, relation)) return Promise.all([readList(source)]);
      return Promise.all(all.map((parent) => read(source, parent)));
    }),
  );
  const copies: CopiesById<E> = new Map();
  for (const [index, source] of able.entries()) {
    let isCut = false;
    for (const { object, time } of bySource[index]!.flat()) {
      const known = copies.get(object.id);
      if (known === undefined && copies.size >= limit) isCut = true;
      else if (known === undefined) copies.set(object.id, [{ source, object, time }]);
      else if (!known.some((copy) => copy.source === source)) known.push({ source, object, time });
    }
    if (isCut) {
      isPartial = true;
      reportCut(source);
    }
  }
  return { copies, isPartial };

  function reportCut({ name }: Source): void {
    const message = `There are more ${entity}s here than the ${MAX_CHILDREN} that are looked through.`;
    context.report.add(name, new SourceError('SOURCE_TRUNCATED', message), path);
  }

  async function read(source: Source, parent: string) {
    const order = listTerms(source, entity, relation)?.order[0];
    if (order === undefined || !canHoldBelow(source, relation, parent)) return [];
    return await readAll({ source, entity, relation, parent, where: null, order, fields, path });
  }

  /** Of a source without the relation, whose own list can be filtered by the parents. */
  async function readList(source: Source) {
    const field = PARENT_FIELDS[relation];
    const orders = listTerms(source, entity, null)?.order ?? [];
    const held = all.filter((parent) => canHoldBelow(source, relation, parent));
    if (field === undefined || orders[0] === undefined || held.length === 0) return [];
    const where: Filters[E] = { ...NO_FILTER[entity], [field]: { in: held } };
    return await readAll({ source, entity, relation: null, parent: '', where, order: orders[0], fields, path });
  }

  async function readAll(query: RowsQuery<E>) {
    const { source } = query;
    let left = limit;
    const rows = await readRows(context, query, ({ items }) => {
      left -= items.length;
      return left + items.length > 0;
    });
    if (rows instanceof SourceError) {
      isPartial = true;
      context.report.fail(source.name, rows, path);
      return [];
    }
    if (rows.isCut) {
      isPartial = true;
      if (!rows.isNamed) reportCut(source);
    }
    return rows.items;
  }
}

/** Whether the children come by a list that is filtered by their parents, for want of the relation. */
function isListed(source: Source, entity: EntityName, relation: RelationName): boolean {
  const field = PARENT_FIELDS[relation];
  if (field === undefined || listTerms(source, entity, relation) !== undefined) return false;
  const [order] = listTerms(source, entity, null)?.order ?? [];
  return order !== undefined && canListByParents(source, entity, field, order);
}

/** Why a source that has such objects cannot list them below a parent; null where it can. */
function childrenObstacle(source: Source, entity: EntityName, relation: RelationName): string | null {
  const list = listTerms(source, entity, relation);
  return listObstacle(list, `${entity}s by ${relation}`, list?.order[0] ?? 'NEWEST');
}
