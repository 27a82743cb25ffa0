import {
  type Call,
  type Checkout,
  type Entities,
  type EntityName,
  type Found,
  type FoundMany,
  type Issue,
  type Order,
  onlyAsked,
  type Page,
  type PageQuery,
  type RelationName,
  type RelationTarget,
  SourceError,
} from '../kit/author.ts';
import type { Children } from './queries/children.ts';
import type { Commits } from './queries/commits.ts';
import type { Finders } from './queries/look-up.ts';

export interface QueriesOptions {
  readonly finders: Finders;
  readonly children: Children;
  readonly commits: Commits;
}

const AT_ONCE = 32;

/** Answers the calls of the contract, each thing with a request of its own: what fails costs no other its answer. */
export class Queries {
  readonly #finders: Finders;
  readonly #children: Children;
  readonly #commits: Commits;

  constructor({ finders, children, commits }: QueriesOptions) {
    this.#finders = finders;
    this.#children = children;
    this.#commits = commits;
  }

  async get<E extends EntityName>(entity: E, keys: readonly string[], call: Call): Promise<FoundMany<Entities[E]>> {
    const find = this.#finders[entity];
    const once = warnedOnce(call);
    return await answers(keys, async (key) => {
      const found: Found<Entities[E]> | null = await find(key, once);
      return found === null ? null : { object: onlyAsked<E>(found.object, call.fields), time: found.time };
    });
  }

  async checkouts(query: PageQuery<'checkout'>, call: Call): Promise<Page<Checkout>> {
    mustBeNewest(query.order);
    return asked<'checkout'>(await this.#commits.list(query, warnedOnce(call)), call);
  }

  async issues(query: PageQuery<'issue'>, call: Call): Promise<Page<Issue>> {
    mustBeNewest(query.order);
    return asked<'issue'>(await this.#children.issues(query, warnedOnce(call)), call);
  }

  async related<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Entities[RelationTarget<R>]> | SourceError>> {
    const once = warnedOnce(call);
    if (relation !== 'checkoutsOfRevision') mustBeNewest(query.order);
    return await answers(parents, async (parent) => {
      return asked<RelationTarget<R>>(await this.#children.of(relation)(parent, query, once), call);
    });
  }
}

function mustBeNewest(order: Order): void {
  if (order === 'NEWEST') return;
  throw new SourceError('SOURCE_UNSUPPORTED', 'The DataWarehouse lists the newest first, and not the oldest.');
}

/** By key; what failed is a value, unless nothing else came. */
async function answers<T>(
  keys: readonly string[],
  ask: (key: string) => Promise<T | null>,
): Promise<Map<string, T | SourceError>> {
  const result = new Map<string, T | SourceError>();
  const faults: unknown[] = [];
  const left = keys.values();
  const askOn = async () => {
    for (const key of left) {
      try {
        const answer = await ask(key);
        if (answer !== null) result.set(key, answer);
      } catch (error) {
        faults.push(error);
        if (error instanceof SourceError) result.set(key, error);
      }
    }
  };
  // Those under way take their turns by `env.http`; more at once would only crowd it.
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  const bug = faults.find((fault) => !(fault instanceof SourceError));
  if (bug !== undefined) throw bug;
  if (faults.length > 0 && faults.length === keys.length) throw faults[0];
  return result;
}

/** What is true of many keys is told once. */
function warnedOnce(call: Call): Call {
  const told = new Set<string>();
  const warn = (error: SourceError) => {
    const text = `${error.code} ${error.id} ${error.message}`;
    if (!told.has(text)) call.warn(error);
    told.add(text);
  };
  // All that is read is kept by the adapter, what is new too.
  const kept = (ageMs: number) => call.kept?.(ageMs);
  kept(0);
  return { ...call, warn, kept };
}

function asked<E extends EntityName>(page: Page<Entities[E]>, { fields }: Call): Page<Entities[E]> {
  return { ...page, items: page.items.map((item) => ({ ...item, object: onlyAsked<E>(item.object, fields) })) };
}
