import type { PageItem, Place } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import type { Entities, EntityName } from '../../adapters/model.ts';
import type { Budget } from './budget.ts';
import type { FieldSet } from './field-set.ts';
import { type ListPart, type ListSubject, pageQuery, type Reader, type ReadPage } from './list-subject.ts';
import type { Loader } from './loader.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import { listTerms, relationSource } from './select-sources.ts';

export interface ReaderOptions<E extends EntityName> {
  readonly context: RequestContext;
  readonly source: Source;
  readonly subject: ListSubject<E>;
  readonly part: ListPart<E>;
  readonly fields: FieldSet;
  readonly path: readonly (string | number)[];
  /** Upstream requests. */
  readonly budget: Budget;
}

/** Reads one list of one source; where its pages are smaller than what is asked for, several of them in a row. */
export function sourceReader<E extends EntityName>(options: ReaderOptions<E>): Reader<Entities[E]> {
  const { context, source, subject, part, path, budget } = options;
  const maxPage = listTerms(source, subject.entity, part.relation)?.maxPage ?? 1;
  // Parents share their requests.
  const cost = 1 / (part.relation === null ? 1 : (relationSource(source, part.relation)?.maxParents ?? 1));

  return async (size, after) => {
    const first = await load(Math.min(size, maxPage), after);
    if (first instanceof SourceError || first.items.length >= size || !first.hasMore) return first;
    const items: PageItem<Entities[E]>[] = [...first.items];
    let isCut = first.isCut === true;
    let hasMore: boolean = first.hasMore;
    let last = items.at(-1);
    while (hasMore && last !== undefined && items.length < size) {
      const page = await load(Math.min(size - items.length, maxPage), placeOf(last));
      // What was read so far stands; the failure comes again when the list is read on from there.
      if (page instanceof SourceError) break;
      items.push(...page.items);
      hasMore = page.hasMore;
      isCut ||= page.isCut === true;
      last = page.items.at(-1);
    }
    const total = first.total === undefined ? {} : { total: first.total };
    return { items, hasMore, ...total, ...(isCut ? { isCut } : {}) };
  };

  async function load(first: number, after: Place | null): Promise<ReadPage<Entities[E]> | SourceError> {
    if (!budget.take(cost)) {
      const message = 'Too many requests would have to be made for this page: it ends early, and more may follow it.';
      context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), path);
      return { items: [], hasMore: true, isCut: true };
    }
    return await loaderOf(options, first, after).load({ key: part.parent, path });
  }
}

function loaderOf<E extends EntityName>(
  { context, source, subject, part, fields }: ReaderOptions<E>,
  first: number,
  after: Place | null,
): Loader<ReadPage<Entities[E]>> {
  const query = pageQuery(subject, part.where, first, after);
  if (part.relation === null) return context.loaders.lists(source, subject.entity, query, fields);
  return context.loaders.pages(source, part.relation, query, fields);
}

/** A place without the object that stands there: it becomes part of what is asked. */
export function placeOf({ time, tie, mark }: Place): Place {
  return mark === undefined ? { time, tie } : { time, tie, mark };
}
