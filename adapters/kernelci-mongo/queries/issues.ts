import {
  type Call,
  type Found,
  type Incident,
  type Issue,
  issueTie,
  type Page,
  type PageItem,
  type PageQuery,
} from '../../kit/author.ts';
import { idOf, toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import { ISSUE_VERSION } from '../ids.ts';
import { distinctRevisions, ofRevisions, revisionOf } from '../revision.ts';
import type { Regression } from '../translate-issue.ts';
import { childPage } from './paging.ts';
import { type ChainLink, RegressionReader, regressionPage } from './regressions.ts';
import type { LegacySource } from './source.ts';

/** A regression is an issue with one version, because its first document never changes. */
export class IssueQueries {
  readonly #source: LegacySource;
  readonly #reader: RegressionReader;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#reader = new RegressionReader(source);
  }

  /** The id of a later document of a regression finds its issue too. */
  async getMany(keys: readonly string[], call: Call): Promise<ReadonlyMap<string, Found<Issue>>> {
    const { ids, client } = this.#source;
    const hexes = [...new Set(keys.flatMap((key) => ids.issueOf(key) ?? []))];
    if (hexes.length === 0) return new Map();
    return await client.read(call, async (statements) => {
      const regressions = await this.#reader.byId(hexes, statements, call);
      const links = await this.#reader.links(regressions, statements, call);
      const issues = await this.#issues([...links.values()], statements, call);
      const found = new Map<string, Found<Issue>>();
      for (const key of keys) {
        const first = links.get(ids.issueOf(key) ?? '')?.first;
        const object = first && issues.get(first.hex);
        if (first !== undefined && object !== undefined) found.set(key, { object, time: first.time });
      }
      return found;
    });
  }

  async list(query: PageQuery<'issue'>, call: Call): Promise<Page<Issue>> {
    return await this.#source.client.read(call, async (statements) => {
      const itemsOf = async (links: readonly ChainLink[]) => {
        const first = links.filter((one) => one.first.hex === one.regression.hex);
        const issues = await this.#issues(first, statements, call);
        return new Map([...issues].map(([hex, object]) => [hex, [this.#item(object, links, hex)]]));
      };
      return await regressionPage<'issue'>(this.#reader, query, itemsOf, statements, call);
    });
  }

  async versions(
    parents: readonly string[],
    query: PageQuery<'issue'>,
    call: Call,
  ): Promise<ReadonlyMap<string, Page<Issue>>> {
    const pages = new Map<string, Page<Issue>>();
    for (const [parent, { object, time }] of await this.getMany(parents, call)) {
      if (object.id !== this.#source.ids.issue(this.#source.ids.issueOf(parent) ?? '')) continue;
      const { rows, hasMore } = childPage([{ object, time, tie: issueTie(object.id, ISSUE_VERSION) }], query);
      pages.set(parent, { items: rows, hasMore });
    }
    return pages;
  }

  #item(object: Issue, links: readonly ChainLink[], hex: string) {
    const time = links.find(({ first }) => first.hex === hex)?.first.time ?? null;
    return { object, time, tie: issueTie(object.id, ISSUE_VERSION) };
  }

  #issues(links: readonly ChainLink[], statements: Statements, call: Call): Promise<ReadonlyMap<string, Issue>> {
    const first = new Map(links.map((one) => [one.first.hex, one.first]));
    return this.#reader.issues([...first.values()], statements, call);
  }
}

type IncidentItem = Omit<PageItem<Incident>, 'mark'>;
const REVISION_PROJECTION = { _id: 1, job: 1, git_branch: 1, kernel: 1 } as const;

/** Each failure of a regression is an incident of the first document that contains it. */
export class IncidentQueries {
  readonly #source: LegacySource;
  readonly #reader: RegressionReader;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#reader = new RegressionReader(source);
  }

  async getMany(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, Found<Incident>>> {
    const hexes = [...new Set(ids.flatMap((id) => this.#source.ids.incidentOf(id)?.document ?? []))];
    if (hexes.length === 0) return new Map();
    const items = await this.#source.client.read(call, async (statements) =>
      this.#incidentsOf(await this.#reader.byId(hexes, statements, call), statements, call),
    );
    const byId = new Map(items.map((item) => [item.object.id, item]));
    return new Map(
      ids.flatMap((id) => {
        const item = byId.get(id);
        return item === undefined ? [] : [[id, { object: item.object, time: item.time }] as const];
      }),
    );
  }

  async list(query: PageQuery<'incident'>, call: Call): Promise<Page<Incident>> {
    return await this.#source.client.read(call, async (statements) => {
      const itemsOf = async (links: readonly ChainLink[]) =>
        new Map(links.map((one) => [one.regression.hex, this.#items(one, call)]));
      return await regressionPage<'incident'>(this.#reader, query, itemsOf, statements, call);
    });
  }

  /** A test that failed again names the document of the regression. */
  async ofTests(parents: readonly string[], query: PageQuery<'incident'>, call: Call) {
    const keys = parents.flatMap((parent) => this.#source.ids.testOf(parent) ?? []);
    const hexes = keys.filter(({ collection }) => collection === 'test_case').map(({ hex }) => hex);
    return await this.#below(
      parents,
      hexes,
      query,
      call,
      ({ testId }) => testId,
      async (statements) => {
        const filter = { _id: { $in: hexes.map(toObjectId) } };
        const asked = { projection: { _id: 1, regression_id: 1 } as const, limit: hexes.length };
        const { documents } = await statements.find('test_case', filter, asked);
        const named = [...new Set(documents.flatMap((document) => idOf(document.regression_id) ?? []))];
        return await this.#reader.byId(named, statements, call);
      },
    );
  }

  /** By the revision of the build: the system writes one document of a regression for each revision. */
  async ofBuilds(parents: readonly string[], query: PageQuery<'incident'>, call: Call) {
    const hexes = parents.flatMap((parent) => this.#source.ids.buildOf(parent) ?? []);
    return await this.#below(
      parents,
      hexes,
      query,
      call,
      ({ buildId }) => buildId,
      async (statements) => {
        const filter = { _id: { $in: hexes.map(toObjectId) } };
        const asked = { projection: REVISION_PROJECTION, limit: hexes.length };
        const { documents } = await statements.find('build', filter, asked);
        const seen = hexes.map((hex) => this.#source.revisions.seen.revisionOfBuild(hex));
        const revisions = distinctRevisions([...documents.map(revisionOf), ...seen]);
        return revisions.length === 0 ? [] : await this.#reader.find(ofRevisions(revisions), statements, call);
      },
    );
  }

  async ofIssues(parents: readonly string[], query: PageQuery<'incident'>, call: Call) {
    const { ids } = this.#source;
    const hexes = parents.flatMap((parent) => ids.issueOf(parent) ?? []);
    const issueOf = (parent: string) => ids.issue(ids.issueOf(parent) ?? '');
    const keyOf = ({ issueId }: Incident) => issueId;
    const load = async (statements: Statements) => {
      const first = await this.#reader.byId([...new Set(hexes)], statements, call);
      return [...first, ...(await this.#reader.later(first, statements, call))];
    };
    return await this.#below(parents, hexes, query, call, keyOf, load, issueOf);
  }

  async #below(
    parents: readonly string[],
    hexes: readonly string[],
    query: PageQuery<'incident'>,
    call: Call,
    keyOf: (incident: Incident) => string | null,
    load: (statements: Statements) => Promise<readonly Regression[]>,
    parentKey: (parent: string) => string = (parent) => parent,
  ): Promise<ReadonlyMap<string, Page<Incident>>> {
    const pages = new Map<string, Page<Incident>>();
    if (hexes.length === 0) return pages;
    const items = await this.#source.client.read(call, async (statements) =>
      this.#incidentsOf(await load(statements), statements, call),
    );
    for (const parent of parents) {
      const own = items.filter(({ object }) => keyOf(object) === parentKey(parent));
      const { rows, hasMore } = childPage(own, query);
      if (rows.length > 0) pages.set(parent, { items: rows, hasMore });
    }
    return pages;
  }

  async #incidentsOf(
    regressions: readonly Regression[],
    statements: Statements,
    call: Call,
  ): Promise<readonly IncidentItem[]> {
    const links = await this.#reader.links(regressions, statements, call);
    return [...links.values()].flatMap((one) => this.#items(one, call));
  }

  #items(links: ChainLink, call: Call): readonly IncidentItem[] {
    const { time } = links.regression;
    return this.#reader.incidents(links, call).map((object) => ({ object, time, tie: object.id }));
  }
}
