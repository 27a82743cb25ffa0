import type { RelationName } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { type Ancestry, type Filter, type FilterSubject, matches } from '../../../adapters/contract/filter.ts';
import type { Entities, EntityName, Incident } from '../../../adapters/contract/model.ts';
import { type FieldSet, fieldSet } from '../field-set.ts';
import { fetchObjects } from '../lookup.ts';
import { type Copy, mergeObjects } from '../merge.ts';
import type { Source } from '../registry.ts';
import type { RequestContext, Scope } from '../request.ts';
import { canGet, canHoldBelow, entitySource, relationSource, subjectsRead } from '../source-plan.ts';
import { type Rows, readRows } from './list.ts';
import { reportUnable, type UnableSource } from './query.ts';

type Path = readonly (string | number)[];

/** What fields of ancestors filters compare. */
const BUILD_FIELDS = fieldSet('build', ['architecture', 'configName', 'compiler', 'checkoutId']);
const CHECKOUT_FIELDS = fieldSet('checkout', ['gitCommitHash', 'treeName', 'gitRepositoryUrl', 'gitRepositoryBranch']);
const INCIDENT_FIELDS: FieldSet = fieldSet('incident', ['present', 'buildId', 'testId']);
/** Incidents of one object that are looked through, in one source. */
const MAX_INCIDENTS = 2_000;

/**
 * What a filter says of an object. `unknown`: nobody can tell, which is named; `failed`: a source that failed may have what
 * decides it, and another try may tell.
 */
export type Fit = boolean | 'unknown' | 'failed';

/**
 * Evaluates a filter on objects by the merged graph: what it reads of their builds, checkouts and incidents is loaded, for
 * all of them at once.
 */
export async function evaluate<E extends EntityName>(
  context: RequestContext,
  scope: Scope,
  entity: E,
  where: Filter<E> | null,
  objects: readonly Entities[E][],
  path: Path,
): Promise<readonly Fit[]> {
  const reads = subjectsRead(entity, where);
  const isPlain = !reads.has('build') && !reads.has('checkout') && !reads.has('incidents');
  if (where === null || isPlain) return objects.map((object) => matches(entity, object, where) ?? 'unknown');
  return await Promise.all(
    objects.map(async (object) => {
      // What the object itself decides needs nothing loaded.
      if (matches(entity, object, where) === false) return false;
      const loading = { hasFailed: false };
      const ancestry = await ancestryOf(context, scope, object, reads, path, loading);
      return matches(entity, object, where, ancestry) ?? (loading.hasFailed ? 'failed' : 'unknown');
    }),
  );
}

/** Whether anything failed while what decides a filter was loaded. */
interface Loading {
  hasFailed: boolean;
}

/**
 * Evaluates a filter by the ancestors that one source has, as its own lists do. Not known where it cannot look them up.
 */
export async function evaluateInSource<E extends EntityName>(
  context: RequestContext,
  source: Source,
  entity: E,
  where: Filter<E> | null,
  objects: readonly Entities[E][],
  path: Path,
): Promise<readonly Fit[]> {
  const reads = subjectsRead(entity, where);
  const isBelowBuild = entity === 'test' && (reads.has('build') || reads.has('checkout'));
  const isBlind = (ancestor: 'build' | 'checkout') => entitySource(source, ancestor)?.get === undefined;
  if ((isBelowBuild && isBlind('build')) || (reads.has('checkout') && isBlind('checkout'))) {
    return objects.map(() => 'unknown');
  }
  return await evaluate(context, { sources: [source], isNamed: false }, entity, where, objects, path);
}

async function ancestryOf(
  context: RequestContext,
  scope: Scope,
  object: Entities[EntityName],
  reads: ReadonlySet<FilterSubject>,
  path: Path,
  loading: Loading,
): Promise<Ancestry> {
  const buildId = 'buildId' in object && !('issueId' in object) ? object.buildId : null;
  const needsBuild = buildId !== null && (reads.has('build') || reads.has('checkout'));
  const [build, hasIncident] = await Promise.all([
    needsBuild ? ancestorOf(context, scope, 'build', BUILD_FIELDS, buildId, path, loading) : undefined,
    reads.has('incidents') ? incidentIn(context, scope, object, path, loading) : undefined,
  ]);
  const self = 'checkoutId' in object ? object.checkoutId : undefined;
  const checkoutId = self ?? (build === null ? null : build?.checkoutId);
  const needsCheckout = reads.has('checkout') && checkoutId !== null && checkoutId !== undefined;
  const checkout = needsCheckout
    ? await ancestorOf(context, scope, 'checkout', CHECKOUT_FIELDS, checkoutId, path, loading)
    : checkoutId;
  return {
    ...(build === undefined ? {} : { build }),
    ...(checkout === undefined || typeof checkout === 'string' ? {} : { checkout }),
    ...(hasIncident === undefined ? {} : { hasIncident }),
  };
}

/** As all sources have it; null where nobody has it, undefined where a source that may have it failed. */
async function ancestorOf<E extends 'build' | 'checkout'>(
  context: RequestContext,
  scope: Scope,
  entity: E,
  fields: FieldSet,
  id: string,
  path: Path,
  loading: Loading,
): Promise<Entities[E] | null | undefined> {
  let hasFailed = false;
  const onFailure = () => {
    hasFailed = true;
  };
  const [found = null] = await fetchObjects(context, { entity, fields, scope, onFailure }, [{ key: id, path }]);
  if (found !== null || !hasFailed) return found;
  loading.hasFailed = true;
  return undefined;
}

/**
 * Whether it has an incident that is present, as the sources together say. Not known where none has, and one that might
 * have failed, cannot be asked, or has more than are looked through, which is reported.
 */
async function incidentIn(
  context: RequestContext,
  scope: Scope,
  object: Entities[EntityName],
  path: Path,
  loading: Loading,
): Promise<boolean | undefined> {
  const relation: RelationName = 'buildId' in object ? 'incidentsOfTest' : 'incidentsOfBuild';
  const able: Source[] = [];
  const unable: UnableSource[] = [];
  for (const source of scope.sources) {
    if (entitySource(source, 'incident') === undefined) continue;
    if (!canHoldBelow(source, relation, object.id)) continue;
    if (relationSource(source, relation)?.list === undefined)
      unable.push([source, `cannot list incidents by ${relation}`]);
    else able.push(source);
  }
  reportUnable(context, scope, unable, able.length > 0, path);
  const read = await Promise.all(able.map((source) => incidentsIn(context, source, relation, object.id, path)));
  const copies: Copy<Incident>[] = [];
  let isKnown = unable.length === 0;
  for (const [index, rows] of read.entries()) {
    const source = able[index]!;
    if (rows instanceof SourceError) {
      context.report.fail(source.name, rows, path);
      loading.hasFailed = true;
      isKnown = false;
      continue;
    }
    if (rows.isCut) {
      const message = `There are more than ${MAX_INCIDENTS} incidents of one object: whether one of them is present is not known.`;
      context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), path);
      isKnown = false;
    }
    for (const item of rows.items) copies.push({ source, object: item.object, time: item.time });
  }
  const incidents = await mergedIncidents(context, scope, copies, path);
  const own = relation === 'incidentsOfTest' ? 'testId' : 'buildId';
  if (incidents.some((incident) => incident.present === true && incident[own] === object.id)) return true;
  return isKnown ? false : undefined;
}

async function incidentsIn(
  context: RequestContext,
  source: Source,
  relation: RelationName,
  parent: string,
  path: Path,
): Promise<Rows<'incident'> | SourceError> {
  const order = relationSource(source, relation)?.list?.order[0] ?? 'NEWEST';
  const query = {
    source,
    entity: 'incident',
    relation,
    parent,
    where: null,
    order,
    fields: INCIDENT_FIELDS,
    path,
  } as const;
  let left = MAX_INCIDENTS;
  return await readRows(context, query, ({ items }) => {
    left -= items.length;
    return left >= 0;
  });
}

/** The incidents with all their copies: a copy that does not name the object is in no list below it. */
async function mergedIncidents(
  context: RequestContext,
  scope: Scope,
  copies: readonly Copy<Incident>[],
  path: Path,
): Promise<readonly Incident[]> {
  const found = Map.groupBy(copies, ({ object: { id } }) => id);
  await Promise.all(
    scope.sources.map(async (source) => {
      // Where each costs a request of its own, the list of the object must do.
      if ((entitySource(source, 'incident')?.get?.maxKeys ?? 0) <= 1) return;
      const missing = [...found].filter(
        ([id, known]) => canGet(source, 'incident', id) && !known.some((copy) => copy.source === source),
      );
      const loader = context.loaders.objects(source, 'incident', INCIDENT_FIELDS);
      const answers = await Promise.all(missing.map(([key]) => loader.load({ key, path })));
      answers.forEach((answer, index) => {
        if (answer instanceof SourceError) context.report.fail(source.name, answer, path);
        else if (answer !== null) missing[index]![1].push({ source, object: answer.object, time: answer.time });
      });
    }),
  );
  return [...found.values()].map((same) => {
    const sorted = scope.sources.flatMap((source) => same.filter((copy) => copy.source === source));
    return mergeObjects('incident', sorted, INCIDENT_FIELDS, scope);
  });
}
