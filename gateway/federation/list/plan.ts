/**
 * A list over several sources, in the order in which it happens: the plan (here) decides which source is read for what, and
 * splits the filter into what the source applies and what the gateway evaluates. If parents must be filtered over all
 * sources, they are found first, and the list is read below them. The merge then takes rows of all sources by (time, tie),
 * asks the other sources for the copies of each candidate, drops what does not fit, and shows an object only where its
 * primary record is. Merged objects become a page with a cursor. Counts start from the same plan.
 * Look-ups by key need no plan: every source that can hold the key is asked at once, in batches, and the copies are merged.
 */

import type { RelationName } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { namedCommits } from '../../../adapters/contract/keys.ts';
import type { Entities, EntityName } from '../../../adapters/contract/model.ts';
import type { FieldSet } from '../field-set.ts';
import { issueKey, revisionKey, revisionOf } from '../identity.ts';
import type { Source } from '../registry.ts';
import { type Composition, composeList, partsOf } from '../relations.ts';
import type { Budget, RequestContext } from '../request.ts';
import {
  canHoldBelow,
  entitySource,
  type ListReading,
  listObstacle,
  listTerms,
  pickFields,
  type SplitFilter,
  splitFilter,
  subjectOf,
} from '../source-plan.ts';
import { evaluateInSource } from './filter-fallback.ts';
import { sourceReader, unionReader, wholeReader } from './list.ts';
import {
  type ListedSource,
  type ListPart,
  type ListPlace,
  type ListPlan,
  type ListSubject,
  type Reader,
  reportUnable,
  type UnableSource,
} from './query.ts';

/**
 * Which source is asked what for a list, for all places of a level together. Every source that has such objects at all
 * takes part, or is named: this is the one place that decides it.
 */
export async function planLists<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  places: readonly ListPlace[],
): Promise<readonly ListPlan<E>[]> {
  const isAlone = places.length === 1;
  return await context.work.mapAsync(places, async (place) =>
    planList(context, subject, place, await composeList(context, subject, place), isAlone),
  );
}

function planList<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  composition: Composition,
  isAlone: boolean,
): ListPlan<E> {
  const { scope, entity } = subject;
  const sources: ListedSource<E>[] = [];
  const unable: UnableSource[] = [];
  for (const source of scope.sources) {
    if (entitySource(source, entity) === undefined) {
      context.report.skipped.add(source.name);
      continue;
    }
    const asked = partsOf(source, subject, place, composition, isAlone);
    if ('obstacle' in asked) {
      unable.push([source, asked.obstacle]);
      continue;
    }
    const parts = asked.parts.filter((part) => fitsPart(source, part));
    const [obstacle] = parts.flatMap((part) => partObstacle(source, subject, part) ?? []);
    if (obstacle !== undefined) unable.push([source, obstacle]);
    else if (parts.length > 0) {
      const countParts = asked.countParts?.filter((part) => fitsPart(source, part)) ?? null;
      sources.push(listedSource(context, subject, place, source, parts, countParts));
    }
  }
  reportUnable(context, scope, unable, sources.length > 0, place.path);
  return { sources, isPartial: composition.isPartial || unable.length > 0, fitting: composition.fitting };
}

function capabilityOf<E extends EntityName>(
  source: Source,
  subject: ListSubject<E>,
  part: ListPart<E>,
): ListReading | undefined {
  return listTerms(source, subject.entity, part.relation);
}

function fitsPart<E extends EntityName>(source: Source, part: ListPart<E>): boolean {
  return part.relation === null || canHoldBelow(source, part.relation, part.parent);
}

function partObstacle<E extends EntityName>(source: Source, subject: ListSubject<E>, part: ListPart<E>): string | null {
  const what = part.relation === null ? `${subject.entity}s` : `${subject.entity}s by ${part.relation}`;
  return listObstacle(capabilityOf(source, subject, part), what, subject.order);
}

function listedSource<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  source: Source,
  parts: readonly ListPart<E>[],
  countParts: readonly ListPart<E>[] | null,
): ListedSource<E> {
  const { entity, scope, where, order } = subject;
  const split = parts.map((part) => splitPart(scope, source, entity, part));
  const pushed = parts.map((part, index): ListPart<E> => ({ ...part, where: split[index]!.pushed }));
  const [first] = parts;
  const paging = first === undefined ? undefined : capabilityOf(source, subject, first)?.paging;
  const isOpen = (field: string) => split.some(({ graph }) => graph !== null && Reflect.has(graph, field));
  const isAncestral = (field: string) => ['build', 'checkout'].includes(subjectOf(entity, field));
  // What was evaluated on parents is evaluated again where a merged object turns out to hang on another one.
  const isComposed = parts.some((part) => part.below !== undefined || part.relation !== subject.relation);
  const reader = (fields: FieldSet, budget: Budget): Reader<Entities[E]> => {
    const readers = pushed.map((part) => {
      const read = sourceReader({ context, source, subject, part, fields, path: place.path, budget });
      const isWhole = parts.length > 1 && capabilityOf(source, subject, part)?.paging === 'offset';
      return isWhole ? wholeReader(read, order, () => reportCut(context, source, place)) : read;
    });
    return unionReader(readers, order);
  };
  return {
    source,
    paging: parts.length > 1 ? 'full' : (paging ?? 'full'),
    parts: pushed,
    residual: split.some(({ residual }) => residual !== null)
      ? pickFields(where, (field) => subjectOf(entity, field) === 'self')
      : null,
    graph: pickFields(where, (field) => isOpen(field) || (isComposed && isAncestral(field))),
    countParts,
    holds: (objects) => belongToParts(context, source, entity, parts, objects, place.path),
    reader,
  };
}

/** A part that goes by the source's own ancestors applies what is asked of them; the merged graph is evaluated again. */
function splitPart<E extends EntityName>(
  scope: ListSubject<E>['scope'],
  source: Source,
  entity: E,
  part: ListPart<E>,
): SplitFilter<E> {
  const split = splitFilter(scope, source, entity, listTerms(source, entity, part.relation)?.filters, part.where);
  if (part.byOwnAncestors !== true) return split;
  const isPushed = (field: string) => split.pushed !== null && Reflect.has(split.pushed, field);
  const pushed = pickFields(
    part.where,
    (field) => isPushed(field) || ['build', 'checkout'].includes(subjectOf(entity, field)),
  );
  return { ...split, pushed };
}

/** Whether objects that were found by id would come in one of the parts. */
async function belongToParts<E extends EntityName>(
  context: RequestContext,
  source: Source,
  entity: E,
  parts: readonly ListPart<E>[],
  objects: readonly Entities[E][],
  path: readonly (string | number)[],
): Promise<readonly boolean[]> {
  const own = parts.find((part) => part.byOwnAncestors === true);
  const others = parts.filter((part) => part !== own);
  const belong = objects.map((object) => others.some((part) => belongsTo(part, object)));
  if (own === undefined || objects.length === 0) return belong;
  const ancestral = pickFields(own.where, (field) => ['build', 'checkout'].includes(subjectOf(entity, field)));
  const fits = await evaluateInSource(context, source, entity, ancestral, objects, path);
  return belong.map((belongs, index) => belongs || fits[index] === true);
}

function reportCut(context: RequestContext, source: Source, place: ListPlace): void {
  const message = 'The source has more rows here than are read at once; those beyond are left out.';
  context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), place.path);
}

type Child = Entities[EntityName];

interface Membership {
  /** What of a child tells its parent. */
  readonly fields: readonly string[];
  holds(child: Child, parent: string): boolean;
}

/** How a child shows that it lies below a parent. Of the others only the source that lists them knows. */
const MEMBERSHIP: { readonly [R in RelationName]?: Membership } = {
  checkoutsOfRevision: {
    fields: ['gitCommitHash', 'patchsetHash'],
    holds: (child, parent) => {
      const revision = 'gitCommitHash' in child ? revisionOf(child) : null;
      return revision !== null && revisionKey(revision) === parent;
    },
  },
  buildsOfCheckout: byField('checkoutId'),
  testsOfBuild: byField('buildId'),
  incidentsOfBuild: byField('buildId'),
  incidentsOfTest: byField('testId'),
  incidentsOfIssue: {
    fields: ['issueId', 'issueVersion'],
    holds: (child, parent) =>
      'issueId' in child && (child.issueId === parent || issueKey(child.issueId, child.issueVersion) === parent),
  },
  issuesOfRevision: {
    fields: ['misc'],
    holds: (child, parent) => 'version' in child && namedCommits(child).has(parent),
  },
};

/** The composed lists end in lists by id, of which these are the ids. */
const COMPOSED_FIELDS: { readonly [R in RelationName]?: readonly string[] } = {
  buildsOfRevision: ['checkoutId'],
  testsOfRevision: ['buildId'],
  testsOfCheckout: ['buildId'],
  incidentsOfRevision: ['buildId', 'testId'],
};

function byField(field: string): Membership {
  return { fields: [field], holds: (child, parent) => Reflect.get(child, field) === parent };
}

/** The fields that tell of an object whether it belongs to the list. */
export function membershipFields<E extends EntityName>({ relation }: ListSubject<E>): readonly string[] {
  if (relation === null) return [];
  return MEMBERSHIP[relation]?.fields ?? COMPOSED_FIELDS[relation] ?? [];
}

/** Whether an object that was found by its id lies in the list of a part too. What cannot be told does not. */
export function belongsTo<E extends EntityName>({ relation, parent, below }: ListPart<E>, child: Child): boolean {
  if (below !== undefined) return below.ids.has(Reflect.get(child, below.field));
  if (relation === null) return true;
  return MEMBERSHIP[relation]?.holds(child, parent) ?? false;
}
