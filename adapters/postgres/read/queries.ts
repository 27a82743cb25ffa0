import {
  type Call,
  type Found,
  type Page,
  type PageQuery,
  RELATION_TARGETS,
  type RelationName,
  type RelationTarget,
} from '../../contract/adapter.ts';
import type { Filter } from '../../contract/filter.ts';
import type { Entities, EntityName, StatusCounts } from '../../contract/model.ts';
import { StepCounter, yieldToEventLoop } from '../../kit/yield-to-event-loop.ts';
import type { ReadClient } from './client.ts';
import { type CountRow, countBelowStatement, countStatement, toStatusCounts } from './counts.ts';
import { type ObjectRow, toItem, toObject } from './objects.ts';
import { getStatement, listStatement, relatedStatement } from './statement.ts';

/** Which key of the statement a row belongs to; the first is 1. */
interface Positioned {
  readonly position: number;
}

/** The read side of the adapter's contract: one statement a call. */
export class Reads {
  readonly #client: ReadClient;

  constructor(client: ReadClient) {
    this.#client = client;
  }

  async get<E extends EntityName>(
    entity: E,
    ids: readonly string[],
    call: Call,
  ): Promise<ReadonlyMap<string, Found<Entities[E]>>> {
    const found = new Map<string, Found<Entities[E]>>();
    const statement = getStatement(entity, ids, call.fields);
    if (statement === null) return found;
    const steps = new StepCounter();
    for (const row of await this.#client.rows<ObjectRow & Positioned>(call, statement.sql, statement)) {
      if (steps.isSliceOverAfter(1)) await yieldToEventLoop(call.signal);
      const key = statement.keys[row.position - 1];
      if (key !== undefined) found.set(key, { object: toObject(entity, row), time: row.item_time });
    }
    return found;
  }

  async list<E extends EntityName>(entity: E, query: PageQuery<E>, call: Call): Promise<Page<Entities[E]>> {
    const statement = listStatement(entity, query, call.fields);
    if (statement === null) return { items: [], hasMore: false };
    const rows = await this.#client.rows<ObjectRow>(call, statement.sql, {
      planByValues: statement.planByValues,
      ...adviceFor(entity, query.where),
    });
    return toPage(entity, rows, query.first);
  }

  async related<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Entities[RelationTarget<R>]>>> {
    const entity = RELATION_TARGETS[relation];
    const statement = relatedStatement(relation, parents, query, call.fields);
    const byParent = new Map<string, ObjectRow[]>(parents.map((parent) => [parent, []]));
    if (statement !== null) {
      const options = { planByValues: statement.planByValues };
      for (const row of await this.#client.rows<ObjectRow & Positioned>(call, statement.sql, options)) {
        byParent.get(statement.keys[row.position - 1] ?? '')?.push(row);
      }
    }
    const pages = new Map<string, Page<Entities[RelationTarget<R>]>>();
    const steps = new StepCounter();
    for (const [parent, rows] of byParent) {
      pages.set(parent, toPage(entity, rows, query.first));
      if (steps.isSliceOverAfter(rows.length)) await yieldToEventLoop(call.signal);
    }
    return pages;
  }

  async count<E extends EntityName>(
    entity: E,
    where: Filter<E> | null,
    allVersions: boolean,
    call: Call,
  ): Promise<StatusCounts> {
    const statement = countStatement(entity, where, allVersions);
    if (statement === null) return toStatusCounts(entity, []);
    const { planByValues } = statement;
    const options = { planByValues, ...adviceFor(entity, where) };
    return toStatusCounts(entity, await this.#client.rows<CountRow>(call, statement.sql, options));
  }

  async countBelow<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    where: Filter<RelationTarget<R>> | null,
    call: Call,
  ): Promise<ReadonlyMap<string, StatusCounts>> {
    const statement = countBelowStatement(relation, parents, where);
    if (statement === null) return new Map();
    const { keys, planByValues } = statement;
    const rows = await this.#client.rows<CountRow & Positioned>(call, statement.sql, { planByValues });
    const byKey = Map.groupBy(rows, (row) => keys[row.position - 1] ?? '');
    const entity = RELATION_TARGETS[relation];
    const counts = [...byKey].map(([key, counted]) => [key, toStatusCounts(entity, counted)] as const);
    return new Map(counts.filter(([, { total }]) => total > 0));
  }
}

function toPage<E extends EntityName>(entity: E, rows: readonly ObjectRow[], first: number): Page<Entities[E]> {
  return { items: rows.slice(0, first).map((row) => toItem(entity, row)), hasMore: rows.length > first };
}

/** What would make a list quicker, as far as its filter can have it and lacks it. */
function adviceFor<E extends EntityName>(entity: E, where: Filter<E> | null): { readonly advice?: string } {
  const isTimed = entity === 'checkout' || entity === 'build' || entity === 'test';
  const given = new Map<string, unknown>(Object.entries(where ?? {}));
  // Ids bound a list by themselves, and what is asked below them may have no filter.
  if (!isTimed || ['id', 'checkoutId', 'buildId'].some((field) => given.get(field))) return {};
  const lacking = ['origin', 'startTime'].filter((field) => !given.get(field)).map((field) => `\`${field}\``);
  return lacking.length === 0 ? {} : { advice: `add ${lacking.join(' and ')} to the filter` };
}
