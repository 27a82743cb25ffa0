import { SourceError } from '../../adapters/errors.ts';
import { matches } from '../../adapters/filter.ts';
import { type Entities, type EntityName, isPlaceholder } from '../../adapters/model.ts';
import { Budget, MAX_PAGE_REQUESTS } from './budget.ts';
import type { CursorState } from './cursor.ts';
import type { FieldSet } from './field-set.ts';
import { leadingCopies } from './leading-copy.ts';
import { membershipFields } from './list-membership.ts';
import { identityIn, type ListedSource, type ListPlace, type ListPlan, type ListSubject } from './list-subject.ts';
import type { Copy } from './merge-objects.ts';
import { type MergeSource, mergePages } from './merge-pages.ts';
import type { RequestContext } from './request-context.ts';
import { soleSourcePage } from './sole-source-page.ts';
import { fieldsRead } from './source-filter.ts';

export interface PageRequest {
  readonly first: number;
  readonly from: CursorState;
  /** The fields of the objects that are shown. */
  readonly fields: FieldSet;
}

export interface ListPage<T> {
  readonly edges: readonly { readonly shown: T; readonly end: CursorState }[];
  readonly hasNext: boolean;
  readonly end: CursorState;
}

/** How many rows are read for each that is needed, where the gateway filters: most may not fit. */
const OVER_FETCH = 4;

/** A page of a list: of all its sources merged, or as it is of the one source that alone can hold it. */
export async function listPage<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  plan: ListPlan<E>,
  request: PageRequest,
): Promise<ListPage<readonly Copy<Entities[E]>[]>> {
  const listed = plan.sources;
  const [only] = listed;
  if (only === undefined) return { edges: [], hasNext: false, end: request.from };
  if (listed.length === 1 && only.residual === null && only.graph === null && subject.entity !== 'build') {
    return await soleSourcePage(context, place, only, request, subject.order);
  }
  const read = [...fieldsRead(subject.entity, subject.where), ...membershipFields(subject)];
  const fields = withFields(request.fields, read);
  const budgets = listed.map(() => new Budget(MAX_PAGE_REQUESTS));
  const gave = new Set<string>();
  const page = await mergePages({
    sources: listed.map((one, index) => {
      const source = mergeSource(context, subject, place, one, fields, budgets[index]!);
      const read: typeof source.read = async (size, after) => {
        const rows = await source.read(size, after);
        if (rows !== null && rows.rows.length > 0) gave.add(source.name);
        return rows;
      };
      return { ...source, read };
    }),
    first: request.first,
    order: subject.order,
    from: request.from,
    settle: leadingCopies({ context, subject, place, plan, fields, budgets }),
  });
  if (page.isCut) {
    for (const { source, residual, graph } of listed) {
      const names = Object.keys({ ...residual, ...graph });
      if (names.length === 0 || !gave.has(source.name)) continue;
      const message = `The source does not apply the filter ${names.join(', ')} itself: this page ends early, and more may follow it.`;
      context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), place.path);
    }
  }
  return page;
}

function withFields(fields: FieldSet, more: readonly string[]): FieldSet {
  const names = new Set([...fields.names, ...more]);
  return names.size === fields.names.size ? fields : { names, key: [...names].sort().join(' ') };
}

/** A listed source as the merge reads it: what it does not filter itself is evaluated here. */
export function mergeSource<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  { source, paging, residual, graph, reader }: ListedSource<E>,
  fields: FieldSet,
  budget: Budget,
): MergeSource<Entities[E]> {
  const read = reader(fields, budget);
  const isFiltered = residual !== null || graph !== null;
  return {
    name: source.name,
    isOffset: paging === 'offset',
    read: async (size, after) => {
      const page = await read(isFiltered ? size * OVER_FETCH : size, after);
      if (page instanceof SourceError) {
        context.report.fail(source.name, page, place.path);
        return null;
      }
      if (page.items.length === 0 && page.hasMore && page.isCut !== true) {
        const message = 'The source has more objects and cannot give them now: they are left for a later page.';
        context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), place.path);
      }
      const rows = page.items.map((item) => ({
        ...item,
        identity: identityIn(subject, item.object),
        fits: isListed(subject.entity, item.object) && matches(subject.entity, item.object, residual) === true,
      }));
      return { rows, hasMore: page.hasMore, ...(page.isCut === true ? { isCut: true } : {}) };
    },
  };
}

/** Placeholder builds are found by their id and from their tests, and are in no list. */
export function isListed(entity: EntityName, object: Entities[EntityName]): boolean {
  return entity !== 'build' || !isPlaceholder(object.id);
}
