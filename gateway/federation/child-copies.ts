import type { RelationName } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import type { Filters } from '../../adapters/filter.ts';
import type { Entities, EntityName } from '../../adapters/model.ts';
import type { FieldSet } from './field-set.ts';
import type { Copy } from './merge-objects.ts';
import { type RowsQuery, readRows } from './read-rows.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import type { Scope } from './scope.ts';
import {
  canHoldBelow,
  canListByParents,
  entitySource,
  listObstacle,
  listTerms,
  PARENT_FIELDS,
} from './select-sources.ts';
import { NO_FILTER } from './source-filter.ts';
import { reportUnable, type UnableSource } from './unsupported.ts';

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
