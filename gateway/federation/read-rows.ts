import type { Order, PageItem, Place, RelationName } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import type { Filter } from '../../adapters/filter.ts';
import type { Entities, EntityName } from '../../adapters/model.ts';
import type { FieldSet } from './field-set.ts';
import type { ReadPage } from './list-subject.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import { listTerms } from './select-sources.ts';
import { placeOf } from './source-reader.ts';

/** One list of one source, to be read from its beginning to its end. */
export interface RowsQuery<E extends EntityName> {
  readonly source: Source;
  readonly entity: E;
  /** Null: the entity as a whole. */
  readonly relation: RelationName | null;
  /** Key of the parent; empty for an entity as a whole. */
  readonly parent: string;
  /** Only what the source applies itself. */
  readonly where: Filter<E> | null;
  readonly order: Order;
  readonly allVersions?: boolean;
  readonly fields: FieldSet;
  readonly path: readonly (string | number)[];
}

export interface Rows<E extends EntityName> {
  readonly items: readonly PageItem<Entities[E]>[];
  /** There are more: a bound was met, here or in the source, or the source has no more to give now. */
  readonly isCut: boolean;
  /** The source said itself what it left out; else whoever reads must. */
  readonly isNamed: boolean;
}

/**
 * Reads a list page by page.
 * @param take is called with each page before it is kept; false ends the reading
 */
export async function readRows<E extends EntityName>(
  context: RequestContext,
  query: RowsQuery<E>,
  take: (page: ReadPage<Entities[E]>) => boolean,
): Promise<Rows<E> | SourceError> {
  const { source, entity, relation, parent, where, order, fields, path, allVersions = false } = query;
  const first = listTerms(source, entity, relation)?.maxPage ?? 1;
  const items: PageItem<Entities[E]>[] = [];
  let isNamed = false;
  let after: Place | null = null;
  for (;;) {
    const asked = { where, order, first, after, ...(allVersions ? { allVersions } : {}) };
    const loader =
      relation === null
        ? context.loaders.lists(source, entity, asked, fields)
        : context.loaders.pages<E>(source, relation, asked, fields);
    const page = await loader.load({ key: parent, path });
    if (page instanceof SourceError) return page;
    isNamed ||= page.isCut === true;
    if (!take(page)) return { items, isCut: true, isNamed: false };
    items.push(...page.items);
    if (!page.hasMore) return { items, isCut: isNamed, isNamed };
    const last = page.items.at(-1);
    if (last === undefined) return { items, isCut: true, isNamed };
    after = placeOf(last);
  }
}
