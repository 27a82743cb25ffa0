import type { Call, Page, PageItem, PageQuery } from '../../adapter.ts';
import { SourceError } from '../../errors.ts';
import { type Filter, matches } from '../../filter.ts';
import { comparePlaces } from '../../kit/compare-places.ts';
import type { Entities, StatusCounts } from '../../model.ts';
import { MAX_PARENTS } from '../capabilities.ts';
import { MAX_NODES } from '../client.ts';
import type { NodeEntity } from '../nodes/node.ts';
import { onlyWanted } from '../translate/translation.ts';
import type { AskChildren } from './children.ts';
import { countStatuses } from './count-statuses.ts';
import { withFilterFields } from './filter-reads.ts';
import type { MaestroSource } from './source.ts';
import type { Translated } from './translate-nodes.ts';

type Query<E extends NodeEntity> = Pick<PageQuery<E>, 'where' | 'order' | 'first' | 'after'>;

/** A relation whose children are asked for so. */
export class Relation<E extends NodeEntity> {
  readonly #entity: E;
  readonly #ask: AskChildren<E>;

  constructor(entity: E, ask: AskChildren<E>) {
    this.#entity = entity;
    this.#ask = ask;
  }

  async pages(
    parents: readonly string[],
    query: Query<E>,
    source: MaestroSource,
    call: Call,
  ): Promise<Map<string, Page<Entities[E]>>> {
    const pages = new Map<string, Page<Entities[E]>>();
    const chunks = chunksOf(parents).map(async (chunk) => {
      const { byParent, isPartial } = await this.#children(chunk, query.where, query.order, source, call);
      for (const parent of chunk) pages.set(parent, this.#page(byParent.get(parent) ?? [], query, isPartial, call));
    });
    await Promise.all(chunks);
    return pages;
  }

  async counts(
    parents: readonly string[],
    where: Filter<E> | null,
    source: MaestroSource,
    call: Call,
  ): Promise<ReadonlyMap<string, StatusCounts | SourceError>> {
    const counts = new Map<string, StatusCounts | SourceError>();
    const asked = withFields(call, new Set(['status']));
    const chunks = chunksOf(parents).map(async (chunk) => {
      const { byParent, isPartial } = await this.#children(chunk, where, 'NEWEST', source, asked);
      for (const parent of chunk) {
        const children = byParent.get(parent) ?? [];
        if (isPartial) counts.set(parent, uncounted());
        else if (children.length > 0) counts.set(parent, countStatuses(children.map(({ object }) => object)));
      }
    });
    await Promise.all(chunks);
    return counts;
  }

  /** Those that a filter leaves. It may read fields that nobody asked for. */
  async #children(
    parents: readonly string[],
    where: Filter<E> | null,
    order: PageQuery<E>['order'],
    source: MaestroSource,
    call: Call,
  ) {
    const asked = withFields(call, withFilterFields(call.fields, where));
    const { byParent, isPartial } = await this.#ask(parents, order, source, asked);
    if (where === null) return { byParent, isPartial };
    const left = [...byParent].map(([parent, children]) => {
      const fitting = children.filter(({ object }) => matches(this.#entity, object, where) === true);
      return [parent, fitting] as const;
    });
    return { byParent: new Map(left), isPartial };
  }

  #page(children: readonly Translated<E>[], query: Query<E>, isPartial: boolean, call: Call): Page<Entities[E]> {
    const { order, first, after } = query;
    const items = children
      .map(({ node, object }): PageItem<Entities[E]> => ({ object, time: node.created, tie: object.id }))
      .filter((item) => after === null || comparePlaces(order, item, after) > 0)
      .toSorted((one, other) => comparePlaces(order, one, other));
    return {
      items: items.slice(0, first).map((item) => ({ ...item, object: onlyWanted(item.object, call.fields) })),
      hasMore: isPartial || items.length > first,
      ...(isPartial ? {} : { total: children.length }),
    };
  }
}

function chunksOf(parents: readonly string[]): readonly (readonly string[])[] {
  const unique = [...new Set(parents)];
  const count = Math.ceil(unique.length / MAX_PARENTS);
  return Array.from({ length: count }, (_, index) => unique.slice(index * MAX_PARENTS, (index + 1) * MAX_PARENTS));
}

function uncounted(): SourceError {
  return new SourceError('SOURCE_TRUNCATED', `More than ${MAX_NODES} nodes lie below: they are not counted.`);
}

/** A call need not be a plain object, so that it cannot be spread. */
function withFields(call: Call, fields: ReadonlySet<string>): Call {
  const { signal, deadline, log } = call;
  return { signal, deadline, log, fields, warn: (error) => call.warn(error) };
}
