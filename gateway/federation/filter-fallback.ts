import type { RelationName } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import { type Ancestry, type Filter, type FilterSubject, matches } from '../../adapters/filter.ts';
import type { Build, Checkout, Entities, EntityName, Incident } from '../../adapters/model.ts';
import { fetchObjects } from './fan-out.ts';
import { type FieldSet, fieldSet } from './field-set.ts';
import { type Copy, mergeObjects } from './merge-objects.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import type { Scope } from './scope.ts';
import { canHoldBelow, entityCapability, relationCapability } from './select-sources.ts';
import { subjectsRead } from './source-filter.ts';
import { reportUnable, type UnableSource } from './unsupported.ts';

type Path = readonly (string | number)[];

/** What fields of ancestors filters compare. */
const BUILD_FIELDS = fieldSet('build', ['architecture', 'configName', 'compiler', 'checkoutId']);
const CHECKOUT_FIELDS = fieldSet('checkout', ['gitCommitHash', 'treeName', 'gitRepositoryUrl', 'gitRepositoryBranch']);
const INCIDENT_FIELDS: FieldSet = fieldSet('incident', ['present']);
/** Incidents of one object that are looked through, in one source. */
const MAX_INCIDENTS = 100;

/**
 * Evaluates a filter on objects by the merged graph: what it reads of their builds, checkouts and incidents is loaded, for
 * all of them at once. Null where it cannot be decided, since an ancestor could not be had.
 */
export async function evaluate<E extends EntityName>(
  context: RequestContext,
  scope: Scope,
  entity: E,
  where: Filter<E> | null,
  objects: readonly Entities[E][],
  path: Path,
): Promise<readonly (boolean | null)[]> {
  const reads = subjectsRead(entity, where);
  const isPlain = !reads.has('build') && !reads.has('checkout') && !reads.has('incidents');
  if (where === null || isPlain) return objects.map((object) => matches(entity, object, where));
  return await Promise.all(
    objects.map(async (object) => {
      // What the object itself decides needs nothing loaded.
      if (matches(entity, object, where) === false) return false;
      const ancestry = await ancestryOf(context, scope, object, reads, path);
      return matches(entity, object, where, ancestry);
    }),
  );
}

/**
 * Evaluates a filter by the ancestors that one source has, as its own lists do. Null where it cannot look them up.
 */
export async function evaluateInSource<E extends EntityName>(
  context: RequestContext,
  source: Source,
  entity: E,
  where: Filter<E> | null,
  objects: readonly Entities[E][],
  path: Path,
): Promise<readonly (boolean | null)[]> {
  const reads = subjectsRead(entity, where);
  const isBelowBuild = entity === 'test' && (reads.has('build') || reads.has('checkout'));
  const isBlind = (ancestor: 'build' | 'checkout') => (entityCapability(source, ancestor)?.get ?? null) === null;
  if ((isBelowBuild && isBlind('build')) || (reads.has('checkout') && isBlind('checkout'))) {
    return objects.map(() => null);
  }
  return await evaluate(context, { sources: [source], isNamed: false }, entity, where, objects, path);
}

async function ancestryOf(
  context: RequestContext,
  scope: Scope,
  object: Entities[EntityName],
  reads: ReadonlySet<FilterSubject>,
  path: Path,
): Promise<Ancestry> {
  const buildId = 'buildId' in object && !('issueId' in object) ? object.buildId : null;
  const needsBuild = buildId !== null && (reads.has('build') || reads.has('checkout'));
  const [build, hasIncident] = await Promise.all([
    needsBuild ? buildOf(context, scope, buildId, path) : undefined,
    reads.has('incidents') ? incidentIn(context, scope, object, path) : undefined,
  ]);
  const self = 'checkoutId' in object ? object.checkoutId : undefined;
  const checkoutId = self ?? (build === null ? null : build?.checkoutId);
  const checkout = reads.has('checkout') ? await checkoutOf(context, scope, checkoutId, path) : undefined;
  return {
    ...(build === undefined ? {} : { build }),
    ...(checkout === undefined ? {} : { checkout }),
    ...(hasIncident === undefined ? {} : { hasIncident }),
  };
}

async function buildOf(context: RequestContext, scope: Scope, id: string, path: Path): Promise<Build | null> {
  const [build = null] = await fetchObjects(context, { entity: 'build', fields: BUILD_FIELDS, scope }, [
    { key: id, path },
  ]);
  return build;
}

async function checkoutOf(
  context: RequestContext,
  scope: Scope,
  id: string | null | undefined,
  path: Path,
): Promise<Checkout | null | undefined> {
  if (id === null || id === undefined) return id;
  const lookup = { entity: 'checkout', fields: CHECKOUT_FIELDS, scope } as const;
  const [checkout = null] = await fetchObjects(context, lookup, [{ key: id, path }]);
  return checkout;
}

/**
 * Whether it has an incident that is present, as the sources together say. Not known where none has, and one that might
 * have failed, cannot be asked (which is reported), or has more than are looked through.
 */
async function incidentIn(
  context: RequestContext,
  scope: Scope,
  object: Entities[EntityName],
  path: Path,
): Promise<boolean | undefined> {
  const relation: RelationName = 'buildId' in object ? 'incidentsOfTest' : 'incidentsOfBuild';
  const able: Source[] = [];
  const unable: UnableSource[] = [];
  for (const source of scope.sources) {
    if (entityCapability(source, 'incident') === undefined) continue;
    if (!canHoldBelow(source, 'incident', relation, object.id)) continue;
    if (relationCapability(source, relation) === undefined)
      unable.push([source, `cannot list incidents by ${relation}`]);
    else able.push(source);
  }
  reportUnable(context, scope, unable, able.length > 0, path);
  const pages = await Promise.all(
    able.map((source) => {
      const capability = relationCapability(source, relation);
      const first = Math.min(capability?.maxPage ?? 1, MAX_INCIDENTS);
      const query = { where: null, order: capability?.order[0] ?? 'NEWEST', first, after: null } as const;
      return context.loaders.pages<'incident'>(source, relation, query, INCIDENT_FIELDS).load({ key: object.id, path });
    }),
  );
  const copies: Copy<Incident>[] = [];
  let isKnown = unable.length === 0;
  for (const [index, page] of pages.entries()) {
    if (page instanceof SourceError) {
      context.report.fail(able[index]!.name, page, path);
      isKnown = false;
      continue;
    }
    if (page.hasMore || page.isCut === true) isKnown = false;
    for (const item of page.items) copies.push({ source: able[index]!, object: item.object, time: item.time });
  }
  const incidents = Map.groupBy(copies, ({ object: { id } }) => id).values();
  if (incidents.some((same) => mergeObjects('incident', same, INCIDENT_FIELDS, scope).present === true)) return true;
  return isKnown ? false : undefined;
}
