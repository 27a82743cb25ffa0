import type { Document } from 'bson';
import type { Build, BuildFilter, Call, Found, Page, PageQuery } from '../../kit/author.ts';
import { buildConditions } from './build-conditions.ts';
import { BuildReader } from './build-reader.ts';
import { BuildsOfCheckout } from './builds-of-checkout.ts';
import { readablePage } from './readable-page.ts';
import type { LegacySource } from './source.ts';
import { type TimeRow, timePage } from './time-page.ts';

/** Builds by id, and the list of all of them. */
export class BuildQueries {
  readonly #source: LegacySource;
  readonly #reader: BuildReader;
  readonly ofCheckout: BuildsOfCheckout;

  constructor(source: LegacySource) {
    this.#source = source;
    this.#reader = new BuildReader(source);
    this.ofCheckout = new BuildsOfCheckout(source, this.#reader);
  }

  async getMany(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, Found<Build>>> {
    const hexes = [...new Set(ids.flatMap((id) => this.#source.ids.buildOf(id) ?? []))];
    if (hexes.length === 0) return new Map();
    const builds = await this.#source.client.read(call, (statements) => this.#reader.byId(hexes, statements, call));
    const found = new Map<string, Found<Build>>();
    for (const id of ids) {
      const object = builds.get(this.#source.ids.buildOf(id) ?? '');
      if (object !== undefined) found.set(id, { object, time: object.startTime });
    }
    return found;
  }

  /** In the order of `created_on`, which indexes begin with; those of some commits in that of their own. */
  async list(query: PageQuery<'build'>, call: Call): Promise<Page<Build>> {
    const checkouts = this.#checkoutsIn(query.where);
    if (checkouts !== null) return await this.ofCheckout.list(checkouts, query, call);
    const conditions = buildConditions(this.#source, query.where);
    if (conditions.some((condition) => isEmptyChoice(condition))) return { items: [], hasMore: false };
    return await this.#source.client.read(call, async (statements) => {
      const list = {
        collection: 'build',
        prefix: this.#source.ids.build(''),
        filter: conditions.length === 0 ? {} : { $and: conditions },
        projection: this.#reader.projection(call),
        order: query.order,
        withoutTime: query.where?.startTime === undefined,
      } as const;
      const made = async (rows: readonly TimeRow[]) => {
        const documents = rows.map(({ document }) => document);
        const builds = await this.#reader.made(documents, statements, call);
        return new Map([...builds.values()].map((build) => [build.id, build]));
      };
      return await readablePage(query, (stretch) => timePage(list, stretch, statements, call), made);
    });
  }

  /** The checkouts whose builds are asked for; null where all are. */
  #checkoutsIn(where: BuildFilter | null): readonly string[] | null {
    const { checkoutId, gitCommitHash } = where ?? {};
    const sets: (readonly string[])[] = [];
    if (checkoutId !== undefined) sets.push(checkoutId.in.flatMap((id) => this.#source.ids.commitOf(id) ?? []));
    if (gitCommitHash?.in !== undefined) sets.push(gitCommitHash.in.map((hash) => hash.toLowerCase()));
    const [first, ...others] = sets;
    if (first === undefined) return null;
    const commits = [...new Set(first)].filter((commit) => others.every((other) => other.includes(commit)));
    return commits.map((commit) => this.#source.ids.checkout(commit));
  }
}

function isEmptyChoice(condition: Document): boolean {
  return Object.values(condition).some((value) => Array.isArray(value?.$in) && value.$in.length === 0);
}
