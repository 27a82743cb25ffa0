import { SourceError } from '../../adapters/contract/errors.ts';
import { type BuildFilter, type CheckoutFilter, type Filter, matches } from '../../adapters/contract/filter.ts';
import type { Entities, EntityName } from '../../adapters/contract/model.ts';
import { ownersFirst } from '../../adapters/kit/fill-gaps.ts';
import { type FieldSet, fieldSet } from './field-set.ts';
import { evaluate, type Fit } from './list/filter-fallback.ts';
import { readRows } from './list/list.ts';
import { type ListPlace, type ListPlan, type ListSubject, reportUnable, type UnableSource } from './list/query.ts';
import { type Copy, mergeObjects } from './merge.ts';
import type { Source } from './registry.ts';
import { type ChildCopies, type CopiesById, childCopies, MAX_CHILDREN } from './relations.ts';
import type { RequestContext, Scope } from './request.ts';
import { canGet, entitySource, listObstacle, pickFields, takes, withoutAncestors } from './source-plan.ts';

type Path = readonly (string | number)[];

/** What filters compare of ancestors, and what orders them. */
const BUILD_FIELDS = fieldSet('build', ['architecture', 'configName', 'compiler', 'startTime']);
const CHECKOUT_FIELDS = fieldSet('checkout', [
  'gitCommitHash',
  'treeName',
  'gitRepositoryUrl',
  'gitRepositoryBranch',
  'startTime',
]);

/** Checkouts or builds that fit what a filter asks of them, as they are in the merged graph. */
export interface FittingAncestors<E extends 'checkout' | 'build'> {
  /** By id; in the order in which lists should go through them. */
  readonly copies: CopiesById<E>;
  /** There may be others that fit: what hangs on them cannot be counted. */
  readonly isPartial: boolean;
  /** A bound left others out. */
  readonly isCut: boolean;
}

/** Where ancestors come from: given ids, the checkouts of a revision, or all that the sources list. */
export type AncestorOrigin =
  | { readonly ids: readonly string[] }
  | { readonly revision: string }
  | { readonly startedBefore: string | null };

/** The checkouts that fit, those that began before a time first, the newest in front. */
export async function fittingCheckouts(
  context: RequestContext,
  scope: Scope,
  where: CheckoutFilter | null,
  from: AncestorOrigin,
  path: Path,
): Promise<FittingAncestors<'checkout'>> {
  const found = await findCheckouts(context, scope, where, from, path);
  if ('ids' in from && where === null) return { ...found, isCut: false };
  const fitting = await thoseThatFit(context, scope, 'checkout', where, CHECKOUT_FIELDS, found.copies, path);
  const before = 'startedBefore' in from ? from.startedBefore : null;
  const started = (copies: readonly Copy<{ readonly startTime: string | null }>[]) =>
    copies.find(({ object }) => object.startTime !== null)?.object.startTime ?? '';
  const rank = (time: string) => (before !== null && time >= before ? 1 : 0);
  const timed = [...fitting.copies].map(([id, copies]) => ({ id, copies, time: started(copies) }));
  timed.sort((a, b) => rank(a.time) - rank(b.time) || (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
  return {
    copies: new Map(timed.map(({ id, copies }) => [id, copies])),
    isPartial: found.isPartial || fitting.isPartial,
    isCut: 'isCut' in found && found.isCut === true,
  };
}

async function findCheckouts(
  context: RequestContext,
  scope: Scope,
  where: CheckoutFilter | null,
  from: AncestorOrigin,
  path: Path,
): Promise<ChildCopies<'checkout'> & { readonly isCut?: boolean }> {
  if ('ids' in from) return { copies: new Map(from.ids.map((id) => [id, []])), isPartial: false };
  if ('revision' in from) {
    const parents = [from.revision];
    const options = { relation: 'checkoutsOfRevision', entity: 'checkout', scope, parents, path } as const;
    return await childCopies(context, { ...options, fields: CHECKOUT_FIELDS });
  }
  return await listedCopies(context, scope, 'checkout', firstCondition(where), CHECKOUT_FIELDS, path);
}

/**
 * The builds that fit: of some checkouts, or of all that the sources list. At most 5,000.
 * @param checkouts that fit, in the order in which their builds are read; null for all builds that are listed
 */
export async function fittingBuilds(
  context: RequestContext,
  scope: Scope,
  where: BuildFilter | null,
  checkouts: FittingAncestors<'checkout'> | null,
  path: Path,
): Promise<FittingAncestors<'build'>> {
  if (checkouts === null) {
    const found = await listedCopies(context, scope, 'build', firstCondition(where), BUILD_FIELDS, path);
    const fitting = await thoseThatFit(context, scope, 'build', where, BUILD_FIELDS, found.copies, path);
    return { ...fitting, isPartial: found.isPartial || fitting.isPartial, isCut: found.isCut };
  }
  const copies: CopiesById<'build'> = new Map();
  let { isPartial, isCut } = checkouts;
  const ids = [...checkouts.copies.keys()];
  for (let start = 0; start < ids.length && !isCut; start += CHECKOUTS_AT_ONCE) {
    const parents = ids.slice(start, start + CHECKOUTS_AT_ONCE);
    const options = { relation: 'buildsOfCheckout', entity: 'build', scope, parents, path } as const;
    const limit = MAX_CHILDREN - copies.size;
    const found = await childCopies(context, { ...options, fields: BUILD_FIELDS, limit });
    const isFull = found.copies.size >= limit;
    const fitting = await thoseThatFit(context, scope, 'build', where, BUILD_FIELDS, found.copies, path, checkouts);
    for (const [id, some] of fitting.copies) copies.set(id, some);
    isPartial ||= found.isPartial || fitting.isPartial;
    isCut = isFull && (found.isPartial || start + CHECKOUTS_AT_ONCE < ids.length);
  }
  return { copies, isPartial: isPartial || isCut, isCut };
}

/** The builds of given ids that fit, and whose checkout fits. */
export async function fittingBuildsAmong(
  context: RequestContext,
  scope: Scope,
  where: { readonly build: BuildFilter | null; readonly checkout: CheckoutFilter | null },
  ids: readonly string[],
  path: Path,
): Promise<FittingAncestors<'build'>> {
  const given: CopiesById<'build'> = new Map(ids.map((id) => [id, []]));
  const builds = await thoseThatFit(context, scope, 'build', where.build, BUILD_FIELDS, given, path);
  if (where.checkout === null) return { ...builds, isCut: false };
  const parents = new Map([...builds.copies].map(([id, copies]) => [id, checkoutOf(copies, scope)]));
  const checkoutIds = [...new Set([...parents.values()].filter((id) => id !== null))];
  const checkouts = await fittingCheckouts(context, scope, where.checkout, { ids: checkoutIds }, path);
  const fitting = [...builds.copies].filter(([id]) => checkouts.copies.has(parents.get(id) ?? ''));
  return { copies: new Map(fitting), isPartial: builds.isPartial || checkouts.isPartial, isCut: false };
}

/** Checkouts whose builds are read in one go: few enough that a bound on builds is not overshot by much. */
const CHECKOUTS_AT_ONCE = 500;

function checkoutOf(copies: readonly Copy<{ readonly checkoutId: string }>[], scope: Scope): string | null {
  const [first] = scope.sources.flatMap((source) => copies.filter((copy) => copy.source === source));
  return first?.object.checkoutId ?? null;
}

/**
 * One condition by which all that fits is found: a value of the merged object is that of one of its copies, but
 * different copies may satisfy different conditions, so that only one of them may narrow what is asked.
 */
function firstCondition<F extends object>(where: F | null): F | null {
  const order = [
    'gitCommitHash',
    'treeName',
    'gitRepositoryUrl',
    'gitRepositoryBranch',
    'configName',
    'compiler',
    'architecture',
  ];
  const first = order.find((field) => where !== null && Reflect.get(where, field) !== undefined);
  return pickFields(where, (field) => field === first);
}

/** What the sources list by a condition; a source that does not apply it gives all that it has, within the bound. */
async function listedCopies<E extends 'checkout' | 'build'>(
  context: RequestContext,
  scope: Scope,
  entity: E,
  where: Filter<E> | null,
  fields: FieldSet,
  path: Path,
): Promise<ChildCopies<E> & { readonly isCut: boolean }> {
  const able: Source[] = [];
  const unable: UnableSource[] = [];
  for (const source of scope.sources) {
    const capability = entitySource(source, entity);
    if (capability === undefined) context.report.skipped.add(source.name);
    else if (capability.list === undefined) unable.push([source, `cannot list ${entity}s`]);
    else {
      const obstacle = listObstacle(capability.list, `${entity}s`, capability.list.order[0] ?? 'NEWEST');
      if (obstacle === null) able.push(source);
      else unable.push([source, obstacle]);
    }
  }
  reportUnable(context, scope, unable, able.length > 0, path);
  let isPartial = unable.length > 0;
  let isCut = false;
  const copies: CopiesById<E> = new Map();
  const bySource = await Promise.all(
    able.map((source) => {
      const pushed = pickFields(where, (field, filter) =>
        takes(entitySource(source, entity)?.list?.filters, field, filter),
      );
      const orders = entitySource(source, entity)?.list?.order ?? [];
      const order = orders.includes('NEWEST') ? 'NEWEST' : 'OLDEST';
      let left = MAX_CHILDREN;
      const query = { source, entity, relation: null, parent: '', where: pushed, order, fields, path } as const;
      return readRows(context, query, ({ items }) => {
        left -= items.length;
        return left + items.length > 0;
      });
    }),
  );
  for (const [index, rows] of bySource.entries()) {
    const source = able[index]!;
    if (rows instanceof SourceError) {
      isPartial = true;
      context.report.fail(source.name, rows, path);
      continue;
    }
    if (rows.isCut) {
      isPartial = true;
      isCut = true;
      const message = `Not all ${entity}s could be looked through; what hangs on the others is found only where the source itself can filter by them.`;
      context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), path);
    }
    for (const { object, time } of rows.items) {
      const known = copies.get(object.id);
      if (known === undefined) copies.set(object.id, [{ source, object, time }]);
      else if (!known.some((copy) => copy.source === source)) known.push({ source, object, time });
    }
  }
  return { copies, isPartial, isCut };
}

/** Seconds of a source's rate, and requests of one without a rate, that go to copies which its lists did not give. */
const RATE_SECONDS = 2;
const MAX_REQUESTS = 100;

/** Those that fit as merged objects. Copies that were not found on the way are looked up. */
async function thoseThatFit<E extends 'checkout' | 'build'>(
  context: RequestContext,
  scope: Scope,
  entity: E,
  where: Filter<E> | null,
  fields: FieldSet,
  found: CopiesById<E>,
  path: Path,
  checkouts: FittingAncestors<'checkout'> | null = null,
): Promise<Omit<FittingAncestors<E>, 'isCut'>> {
  if (where === null && checkouts === null && [...found.values()].every((copies) => copies.length > 0)) {
    return { copies: found, isPartial: false };
  }
  let isPartial = false;
  await Promise.all(
    scope.sources.map(async (source) => {
      const missing = [...found]
        .filter(([id, copies]) => canGet(source, entity, id) && !copies.some((copy) => copy.source === source))
        .map(([id]) => id);
      const perRequest = entitySource(source, entity)?.get?.maxKeys ?? 1;
      const limit = source.rate === null ? MAX_REQUESTS : Math.ceil(source.rate * RATE_SECONDS);
      const wasGiven = [...found.values()].some((copies) => copies.length > 0);
      // Its lists gave what it has below these parents: more is not worth waiting for.
      if (wasGiven && Math.ceil(missing.length / perRequest) > limit) return;
      const loader = context.loaders.objects(source, entity, fields);
      const answers = await Promise.all(missing.map((key) => loader.load({ key, path })));
      answers.forEach((answer, index) => {
        if (answer instanceof SourceError) {
          isPartial = true;
          context.report.fail(source.name, answer, path);
        } else if (answer !== null && answer.object.id === missing[index]) {
          found.get(answer.object.id)?.push({ source, object: answer.object, time: answer.time });
        }
      });
    }),
  );
  const fitting: CopiesById<E> = new Map();
  for (const [id, copies] of found) {
    const sorted = scope.sources.flatMap((source) => copies.filter((copy) => copy.source === source));
    if (sorted.length === 0) continue;
    const merged = mergeObjects(entity, sorted, fields, scope);
    const isBelow = checkouts === null || ('checkoutId' in merged && checkouts.copies.has(merged.checkoutId));
    if (isBelow && matches(entity, merged, where) === true) fitting.set(id, sorted);
  }
  return { copies: fitting, isPartial };
}

/** Checkouts whose copy in one source fits. */
export function checkoutsFittingIn(
  source: Source,
  checkouts: CopiesById<'checkout'>,
  where: CheckoutFilter | null,
): ReadonlySet<string> {
  const fitting = [...checkouts].filter(([, copies]) => {
    const own = copies.find((copy) => copy.source === source);
    return own !== undefined && matches('checkout', own.object, where) === true;
  });
  return new Set(fitting.map(([id]) => id));
}

/** Builds whose copy in one source fits, by that source's copy of the checkout. */
export function buildsFittingIn(
  source: Source,
  builds: CopiesById<'build'>,
  checkouts: CopiesById<'checkout'> | null,
  where: { readonly build: BuildFilter | null; readonly checkout: CheckoutFilter | null },
): ReadonlySet<string> {
  const below = checkouts === null ? null : checkoutsFittingIn(source, checkouts, where.checkout);
  const fitting = [...builds].filter(([, copies]) => {
    const own = copies.find((copy) => copy.source === source);
    if (own === undefined || matches('build', own.object, where.build) !== true) return false;
    return below === null || below.has(own.object.checkoutId);
  });
  return new Set(fitting.map(([id]) => id));
}

/**
 * Whether objects fit what is left to be evaluated on the merged graph.
 * @param objects their copies by priority; null where there is nothing to evaluate, which does not fit
 * @param graphOf what is left of the filter for the object at an index
 */
export async function fitsGraph<E extends EntityName>(
  context: RequestContext,
  { entity, scope }: ListSubject<E>,
  { fitting }: ListPlan<E>,
  objects: readonly (readonly Copy<Entities[E]>[] | null)[],
  graphOf: (index: number) => Filter<E> | null,
  { path }: ListPlace,
): Promise<readonly Fit[]> {
  return await Promise.all(
    objects.map(async (copies, index) => {
      const [first] = ownersFirst(copies ?? [], (copy) => copy.object);
      const object = first?.object;
      if (object === undefined) return false;
      const graph = graphOf(index);
      if (graph === null) return true;
      const isBelow = fitting?.ids.has(String(Reflect.get(object, fitting.field))) === true;
      const where = isBelow ? withoutAncestors(entity, graph) : graph;
      const [fits = 'unknown'] = await evaluate(context, scope, entity, where, [object], path);
      return fits;
    }),
  );
}
