import {
  type Call,
  type CountSubject,
  type Entities,
  type EntityName,
  type FoundMany,
  type Page,
  type PageQuery,
  type RelationName,
  type RelationTarget,
  SourceError,
  type StatusCounts,
} from '../kit/author.ts';
import { BuildQueries } from './queries/build-queries.ts';
import { CheckoutQueries } from './queries/checkout-queries.ts';
import { IncidentQueries } from './queries/incident-queries.ts';
import { IssueQueries } from './queries/issue-queries.ts';
import type { LegacySource } from './queries/source.ts';
import { TestQueries } from './queries/test-queries.ts';
import { TestsOfBuild } from './queries/tests-of-build.ts';

type Pages<T> = Promise<ReadonlyMap<string, Page<T>>>;
/** Who answers which relation. */
type RelationReads = {
  readonly [R in RelationName]?: (
    parents: readonly string[],
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ) => Pages<Entities[RelationTarget<R>]>;
};
type EntityReads = {
  readonly [E in EntityName]: {
    getMany(ids: readonly string[], call: Call): Promise<FoundMany<Entities[E]>>;
    list(query: PageQuery<E>, call: Call): Promise<Page<Entities[E]>>;
  };
};

/** The calls of the contract, each handed to who reads what is asked for. */
export class Queries {
  readonly #entities: EntityReads;
  readonly #relations: RelationReads;
  readonly #builds: BuildQueries;
  readonly #testsOfBuild: TestsOfBuild;

  constructor(source: LegacySource) {
    const [checkout, build, test] = [new CheckoutQueries(source), new BuildQueries(source), new TestQueries(source)];
    const [issue, incident] = [new IssueQueries(source), new IncidentQueries(source)];
    const testsOfBuild = new TestsOfBuild(source);
    this.#builds = build;
    this.#testsOfBuild = testsOfBuild;
    this.#entities = { checkout, build, test, issue, incident };
    this.#relations = {
      checkoutsOfRevision: (parents, query, call) => checkout.ofRevisions(parents, query, call),
      buildsOfCheckout: (parents, query, call) => build.ofCheckout.related(parents, query, call),
      testsOfBuild: (parents, query, call) => testsOfBuild.related(parents, query, call),
      incidentsOfBuild: (parents, query, call) => incident.ofBuilds(parents, query, call),
      incidentsOfTest: (parents, query, call) => incident.ofTests(parents, query, call),
      incidentsOfIssue: (parents, query, call) => incident.ofIssues(parents, query, call),
      versionsOfIssue: (parents, query, call) => issue.versions(parents, query, call),
    };
  }

  getMany<E extends EntityName>(entity: E, ids: readonly string[], call: Call): Promise<FoundMany<Entities[E]>> {
    return this.#entities[entity].getMany(ids, call);
  }

  list<E extends EntityName>(entity: E, query: PageQuery<E>, call: Call): Promise<Page<Entities[E]>> {
    return this.#entities[entity].list(query, call);
  }

  async related<R extends RelationName>(
    relation: R,
    parents: readonly string[],
    query: PageQuery<RelationTarget<R>>,
    call: Call,
  ): Pages<Entities[RelationTarget<R>]> {
    const read = this.#relations[relation];
    if (read === undefined) throw unknownRelation(relation);
    return await read(parents, query, call);
  }

  async count(subject: CountSubject, call: Call): Promise<ReadonlyMap<string, StatusCounts>> {
    if ('entity' in subject)
      throw new SourceError('SOURCE_UNSUPPORTED', `This source does not count all its ${subject.entity}s.`);
    const { relation, parents, where } = subject;
    if (relation === 'buildsOfCheckout') return await this.#builds.ofCheckout.count(parents, where, call);
    if (relation === 'testsOfBuild') return await this.#testsOfBuild.count(parents, where, call);
    throw unknownRelation(relation);
  }
}

function unknownRelation(relation: RelationName): SourceError {
  return new SourceError('SOURCE_UNSUPPORTED', `This source does not know the relation ${relation}.`);
}
