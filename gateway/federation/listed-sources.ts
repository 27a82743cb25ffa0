import { SourceError } from '../../adapters/errors.ts';
import type { Entities, EntityName } from '../../adapters/model.ts';
import type { Budget } from './budget.ts';
import type { FieldSet } from './field-set.ts';
import { belongsTo } from './list-membership.ts';
import type { ListedSource, ListPart, ListPlace, ListSubject, Reader } from './list-subject.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import { entityCapability, fitsKeys, type ListCapability, listObstacle, relationCapability } from './select-sources.ts';
import { type SplitFilter, splitFilter } from './source-filter.ts';
import { sourceReader } from './source-reader.ts';
import { unionReader, wholeReader } from './union-reader.ts';
import { unsupported } from './unsupported.ts';

/** What a source is asked for one list; an obstacle is the end of a sentence that begins with "This source". */
export type SourceParts<E extends EntityName> = (
  | { readonly parts: readonly ListPart<E>[]; readonly countParts: readonly ListPart<E>[] | null }
  | { readonly obstacle: string }
) & {
  /** Parts are missing, since a source did not tell what they are. */
  readonly isPartial?: boolean;
};

/** How a list is made of the lists of a source. */
export type PartsOf<E extends EntityName> = (source: Source, place: ListPlace) => SourceParts<E>;

/** A list that the sources know themselves. */
export function directParts<E extends EntityName>(subject: ListSubject<E>): PartsOf<E> {
  return (_, place) => {
    const parts = [{ relation: subject.relation, parent: place.parent, where: subject.where }];
    return { parts, countParts: parts };
  };
}

export interface Listed<E extends EntityName> {
  /** By priority. */
  readonly sources: readonly ListedSource<E>[];
  /** There are sources that may have rows and cannot give them, and no other. */
  readonly isUnanswerable: boolean;
  /** There may be rows that none of the sources was asked for. */
  readonly isPartial: boolean;
}

/** The sources that a list reads. Those that lack what it takes are reported, where that matters. */
export function listedSources<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  partsOf: PartsOf<E>,
): Listed<E> {
  const listed: ListedSource<E>[] = [];
  const unable: (readonly [Source, string])[] = [];
  let isPartial = false;
  for (const source of subject.scope.sources) {
    const asked = partsOf(source, place);
    isPartial ||= asked.isPartial === true;
    if ('obstacle' in asked) {
      unable.push([source, asked.obstacle]);
      continue;
    }
    const parts = asked.parts.filter((part) => fitsPart(source, subject, part));
    const obstacle = asked.parts.map((part) => partObstacle(source, subject, part)).find((one) => one !== null);
    if (obstacle !== undefined && obstacle !== null) unable.push([source, obstacle]);
    else if (parts.length > 0) {
      const countParts = asked.countParts?.filter((part) => fitsPart(source, subject, part)) ?? null;
      listed.push(listedSource(context, subject, place, source, parts, countParts));
    }
  }
  for (const [source, obstacle] of unable) {
    context.report.skipped.add(source.name);
    const isTold = subject.scope.isNamed || listed.length === 0;
    if (isTold) context.report.fail(source.name, unsupported(obstacle), place.path);
  }
  return { sources: listed, isUnanswerable: listed.length === 0 && unable.length > 0, isPartial };
}

function capabilityOf<E extends EntityName>(
  source: Source,
  subject: ListSubject<E>,
  part: ListPart<E>,
): (ListCapability & { readonly keys?: string }) | null {
  if (part.relation !== null) return relationCapability(source, part.relation) ?? null;
  return entityCapability(source, subject.entity)?.list ?? null;
}

function fitsPart<E extends EntityName>(source: Source, subject: ListSubject<E>, part: ListPart<E>): boolean {
  return part.relation === null || fitsKeys(capabilityOf(source, subject, part)?.keys, bareParent(part.parent));
}

/** Patterns are about ids; the version of an issue is none of theirs. */
function bareParent(parent: string): string {
  return parent.replace(/^\d+@/, '');
}

function partObstacle<E extends EntityName>(source: Source, subject: ListSubject<E>, part: ListPart<E>): string | null {
  const capability = capabilityOf(source, subject, part);
  const what = part.relation === null ? `${subject.entity}s` : `${subject.entity}s by ${part.relation}`;
  return listObstacle(capability, what, subject.order) ?? filterObstacle(subject, splitOf(source, subject, part), part);
}

/** What bounds a list of an entity as a whole to a few candidates. */
const BOUNDING = ['id', 'checkoutId', 'buildId', 'testId', 'issueId'];

/** Ancestors of everything that there is would have to be read. */
function filterObstacle<E extends EntityName>(
  subject: ListSubject<E>,
  { pushed, reads, residualFields }: SplitFilter<E>,
  part: ListPart<E>,
): string | null {
  const isBounded = part.relation !== null || BOUNDING.some((field) => pushed !== null && field in pushed);
  const readsMore = reads.has('build') || reads.has('checkout') || reads.has('incidents');
  if (isBounded || !readsMore) return null;
  return `cannot filter ${subject.entity}s by ${residualFields.join(', ')}`;
}

function splitOf<E extends EntityName>(source: Source, subject: ListSubject<E>, part: ListPart<E>): SplitFilter<E> {
  return splitFilter(source, subject.entity, part.relation, part.where);
}

function listedSource<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  source: Source,
  parts: readonly ListPart<E>[],
  countParts: readonly ListPart<E>[] | null,
): ListedSource<E> {
  const [first] = parts;
  const paging = first === undefined ? undefined : capabilityOf(source, subject, first)?.paging;
  const { pushed, residual } = splitFilter(source, subject.entity, first?.relation ?? null, subject.where);
  const reader = (fields: FieldSet, budget: Budget): Reader<Entities[E]> => {
    const readers = parts.map((part) => {
      const pushed = { ...part, where: splitOf(source, subject, part).pushed };
      const read = sourceReader({ context, source, subject, part: pushed, fields, path: place.path, budget });
      const isWhole = parts.length > 1 && capabilityOf(source, subject, part)?.paging === 'offset';
      return isWhole ? wholeReader(read, subject.order, () => reportCut(context, source, place)) : read;
    });
    return unionReader(readers, subject.order);
  };
  const isUnion = parts.length > 1;
  const holds = (object: Entities[E]) => parts.some((part) => belongsTo(part, object));
  return { source, paging: isUnion ? 'full' : (paging ?? 'full'), pushed, residual, countParts, holds, reader };
}

function reportCut(context: RequestContext, source: Source, place: ListPlace): void {
  const message = 'The source has more rows here than are read at once; those beyond are left out.';
  context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), place.path);
}
