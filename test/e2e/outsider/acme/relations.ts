import {
  type Call,
  type Entities,
  type Page,
  type PageQuery,
  type RelationName,
  type RelationTarget,
  SourceError,
} from 'kcigraph/adapter';
import type { Ask } from './client.ts';
import { numberOf } from './ids.ts';
import type { Queries } from './queries.ts';

/** What narrows a list to the children of a parent; null where it can have none. */
type Below = Ask['filters'] | null;
type Ways = {
  readonly [R in RelationName]?: (
    queries: Queries,
    parent: string,
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ) => Promise<Page<Entities[RelationTarget<R>]>>;
};

const NONE = { items: [], hasMore: false };

const WAYS: Ways = {
  checkoutsOfRevision: async (queries, revision, query, call) => {
    const below = byCommit(revision);
    return below === null ? NONE : queries.page('checkout', query, call, below);
  },
  buildsOfCheckout: async (queries, id, query, call) => {
    const below = byNumber('run', numberOf('checkout', id));
    return below === null ? NONE : queries.page('build', query, call, below);
  },
  testsOfBuild: async (queries, id, query, call) => {
    const below = byNumber('job', numberOf('build', id));
    return below === null ? NONE : queries.page('test', query, call, below);
  },
};

/** The children of each parent: one request a parent, all at once, since `env.http` keeps to the bounds. */
export class Relations {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  async related<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Entities[RelationTarget<R>]>>> {
    const way = WAYS[relation];
    if (way === undefined) throw new SourceError('SOURCE_UNSUPPORTED', `Acme does not know ${relation}.`);
    return new Map(
      await Promise.all(
        parents.map(async (parent) => [parent, await way(this.#queries, parent, query, call)] as const),
      ),
    );
  }
}

/** Acme knows no patches: a revision with some is none of its own. */
function byCommit(revision: string): Below {
  return /^[0-9a-f]+$/i.test(revision) ? { commit: [revision.toLowerCase()] } : null;
}

function byNumber(field: string, number: number | null): Below {
  return number === null ? null : { [field]: [number] };
}
