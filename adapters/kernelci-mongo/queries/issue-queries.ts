import { type Call, type Found, type Issue, issueTie, type Page, type PageQuery } from '../../kit/author.ts';
import type { Statements } from '../client.ts';
import { ISSUE_VERSION } from '../ids.ts';
import { childPage } from './child-page.ts';
import { regressionPage } from './regression-list.ts';
import { RegressionReader, type Told } from './regression-reader.ts';
import type { LegacySource } from './source.ts';

/** A regression is an issue, in one version: what is told of it first stays as it is. */
export class IssueQueries {
  readonly #source: LegacySource;
  readonly #reader: RegressionReader;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#reader = new RegressionReader(source);
  }

  /** A later document of a regression finds its issue too. */
  async getMany(keys: readonly string[], call: Call): Promise<ReadonlyMap<string, Found<Issue>>> {
    const { ids, client } = this.#source;
    const hexes = [...new Set(keys.flatMap((key) => ids.issueOf(key) ?? []))];
    if (hexes.length === 0) return new Map();
    return await client.read(call, async (statements) => {
      const regressions = await this.#reader.byId(hexes, statements, call);
      const told = await this.#reader.told(regressions, statements, call);
      const issues = await this.#issues([...told.values()], statements, call);
      const found = new Map<string, Found<Issue>>();
      for (const key of keys) {
        const first = told.get(ids.issueOf(key) ?? '')?.first;
        const object = first && issues.get(first.hex);
        if (first !== undefined && object !== undefined) found.set(key, { object, time: first.time });
      }
      return found;
    });
  }

  async list(query: PageQuery<'issue'>, call: Call): Promise<Page<Issue>> {
    return await this.#source.client.read(call, async (statements) => {
      const itemsOf = async (told: readonly Told[]) => {
        const first = told.filter((one) => one.first.hex === one.regression.hex);
        const issues = await this.#issues(first, statements, call);
        return new Map([...issues].map(([hex, object]) => [hex, [this.#item(object, told, hex)]]));
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

  #item(object: Issue, told: readonly Told[], hex: string) {
    const time = told.find(({ first }) => first.hex === hex)?.first.time ?? null;
    return { object, time, tie: issueTie(object.id, ISSUE_VERSION) };
  }

  #issues(told: readonly Told[], statements: Statements, call: Call): Promise<ReadonlyMap<string, Issue>> {
    const first = new Map(told.map((one) => [one.first.hex, one.first]));
    return this.#reader.issues([...first.values()], statements, call);
  }
}
