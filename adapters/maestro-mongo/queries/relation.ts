import type { Call, Page, PageQuery } from '../../adapter.ts';
import { SourceError } from '../../errors.ts';
import { type Filter, matches } from '../../filter.ts';
import { comparePlaces } from '../../kit/compare-places.ts';
import type { Entities, StatusCounts } from '../../model.ts';
import { MAX_NODES, MAX_PARENTS } from '../client.ts';
import type { NodeEntity } from '../nodes/node.ts';
import { onlyWanted } from '../translate/translation.ts';
import type { AskChildren } from './children.ts';
import { countStatuses } from './count-statuses.ts';
import { withFilterFields } from './filter-reads.ts';
import type { MaestroSource } from './source.ts';
import { type Candidate, translateSome } from './translate-nodes.ts';

type Query<E extends NodeEntity> = Pick<PageQuery<E>, 'where' | 'order' | 'first' | 'after'>;

/** A relation whose children are asked for so. */
export class Relation<E extends NodeEntity> {
  readonly #entity: E;
  readonly #ask: AskChildren<E>;
  readonly #askCounted: AskChildren<E>;

  /** @param askCounted gives those that are counted, where these are not all */
  constructor(entity: E, ask: AskChildren<E>, askCounted: AskChildren<E> = ask) {
    this.#entity = entity;
    this.#ask = ask;
    this.#askCounted = askCounted;
  }

  async pages(
    parents: readonly string[],
    query: Query<E>,
    source: MaestroSource,
    call: Call,
  ): Promise<Map<string, Page<Entities[E]>>> {
    const pages = new Map<string, Page<Entities[E]>>();
    const asked = { ...call, fields: withFilterFields(call.fields, query.where) };
    const chunks = chunksOf(parents).map(async (chunk) => {
      const { byParent, isFilling } = await this.#ask(chunk, query.order, source, asked);
      for (const parent of chunk)
        pages.set(parent, await this.#page(byParent.get(parent) ?? [], query, isFilling, call));
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
    const asked = { ...call, fields: withFilterFields(new Set(['status']), where) };
    const chunks = chunksOf(parents).map(async (chunk) => {
      const { byParent, isFilling, isCut } = await this.#askCounted(chunk, 'NEWEST', source, asked);
      for (const parent of chunk) {
        const children = await translateSome(byParent.get(parent) ?? [], MAX_NODES, this.#fits(where));
        if (isFilling || isCut) counts.set(parent, uncounted());
        else if (children.length > 0) counts.set(parent, countStatuses(children.map(({ object }) => object)));
      }
    });
    await Promise.all(chunks);
    return counts;
  }

  /** Of all children only those are translated that the page needs. */
  async #page(
    children: readonly Candidate<E>[],
    { where, order, first, after }: Query<E>,
    isFilling: boolean,
    { fields }: Call,
  ): Promise<Page<Entities[E]>> {
    const behind = children
      .map((candidate) => ({ ...candidate, time: candidate.node.created, tie: candidate.id }))
      .filter((one) => after === null || comparePlaces(order, one, after) > 0)
      .toSorted((one, other) => comparePlaces(order, one, other));
    const found = await translateSome(behind, first + 1, this.#fits(where));
    const items = found.slice(0, first).map(({ node, object }) => ({
      object: onlyWanted<E>(object, fields),
      time: node.created,
      tie: object.id,
    }));
    return { items, hasMore: isFilling || found.length > first };
  }

  #fits(where: Filter<E> | null): (object: Entities[E]) => boolean {
    return (object) => matches(this.#entity, object, where) === true;
  }
}

function chunksOf(parents: readonly string[]): readonly (readonly string[])[] {
  const unique = [...new Set(parents)];
  const count = Math.ceil(unique.length / MAX_PARENTS);
  return Array.from({ length: count }, (_, index) => unique.slice(index * MAX_PARENTS, (index + 1) * MAX_PARENTS));
}

function uncounted(): SourceError {
  const message = `More lie below than are known yet, or than one read gives (${MAX_NODES} nodes): they are not counted.`;
  return new SourceError('SOURCE_TRUNCATED', message);
}
