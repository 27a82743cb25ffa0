import fc from 'fast-check';
import { expect } from 'vitest';
import { RELATION_TARGETS, type RelationName } from '../../../adapters/contract/adapter.ts';
import { type Ancestry, FILTER_FIELDS, type Filter, matches } from '../../../adapters/contract/filter.ts';
import {
  type Build,
  type Checkout,
  ENTITY_NAMES,
  type Entities,
  type EntityName,
  type Incident,
  isPlaceholder,
  type Test,
} from '../../../adapters/contract/model.ts';
import { revisionKey, revisionOf } from '../../../gateway/federation/identity.ts';
import { ArrayAdapter, type ArrayDocument, type ArrayOptions } from '../../support/array-adapter.ts';
import { crowdedObjects } from '../../support/crowded-objects.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { Random } from '../../support/random.ts';
import { filterMakers, randomFilter } from '../../support/random-filters.ts';

/** What of an ancestor a copy may lack, so that only another source says it. */
const MAY_LACK: Partial<Record<EntityName, readonly string[]>> = {
  build: ['architecture', 'configName', 'compiler'],
  checkout: ['treeName', 'gitRepositoryUrl', 'gitRepositoryBranch'],
  incident: ['present', 'buildId', 'testId'],
};

interface Spread {
  readonly sources: readonly ArrayOptions[];
  readonly random: Random;
}

/** The objects of one graph, each in one to three sources of different paging. */
function spread(seed: number): Spread {
  const random = new Random(seed);
  const held: ArrayDocument[][] = [[], [], []];
  const isWhole = random.chance(0.3);
  for (const stored of crowdedObjects(seed, 60)) {
    const document = timed(stored, random);
    const home = isWhole ? 0 : random.below(3);
    for (const [index, documents] of held.entries()) {
      if (index === home) documents.push(document);
      else if (random.chance(0.25)) documents.push(random.chance(0.3) ? lacking(document, random) : document);
    }
  }
  const pagings = ['keyset', 'offset', 'full'] as const;
  const shift = random.below(3);
  const sources = held.map((documents, index): ArrayOptions => {
    const entities: readonly EntityName[] = random.chance(0.2)
      ? ENTITY_NAMES.filter((entity) => entity !== 'incident')
      : ENTITY_NAMES;
    return {
      documents: documents.filter(({ entity }) => entities.includes(entity)),
      entities,
      relations: relations(random),
      paging: pagings[(index + shift) % 3] ?? 'full',
      maxPage: random.pick([7, 40, 1_000]),
      maxKeys: random.pick([3, 50]),
      count: random.chance(0.3) ? null : 'exact',
      ...(random.chance(0.4) ? { filters: random.some(Object.keys(FILTER_FIELDS.test)) } : {}),
    };
  });
  return { sources, random };
}

const SHORT_CUTS: readonly string[] = ['buildsOfRevision', 'testsOfRevision', 'incidentsOfRevision', 'testsOfCheckout'];

/** All relations, those without the short cuts, or some: then what a source cannot do must be named. */
function relations(random: Random): readonly RelationName[] {
  const all = Object.keys(RELATION_TARGETS) as RelationName[];
  const plain = all.filter((relation) => !SHORT_CUTS.includes(relation));
  if (random.chance(0.1)) return plain.filter(() => random.chance(0.7));
  return random.chance(0.5) ? plain : all;
}

function timed(stored: ReturnType<typeof crowdedObjects>[number], random: Random): ArrayDocument {
  if (stored.entity !== 'issue' && stored.entity !== 'incident') return stored;
  const time = random.chance(0.2) ? null : `2026-01-20T12:0${random.below(7)}:00.000000Z`;
  return { ...stored, time };
}

function lacking(document: ArrayDocument, random: Random): ArrayDocument {
  const lost = (MAY_LACK[document.entity] ?? []).filter(() => random.chance(0.5));
  const object = { ...document.object };
  for (const field of lost) Reflect.set(object, field, null);
  return { ...document, object } as ArrayDocument;
}

/** The graph as a client sees it: copies by id, and the merged objects. */
class Graph {
  readonly #copies: { readonly [E in EntityName]: Map<string, Entities[E][]> } = {
    checkout: new Map(),
    build: new Map(),
    test: new Map(),
    issue: new Map(),
    incident: new Map(),
  };

  constructor(sources: readonly ArrayOptions[]) {
    for (const { documents } of sources) for (const { entity, object } of documents) this.#add(entity, object);
  }

  #add<E extends EntityName>(entity: E, object: Entities[EntityName]): void {
    const table = this.#copies[entity] as Map<string, Entities[EntityName][]>;
    table.set(object.id, [...(table.get(object.id) ?? []), object]);
  }

  ids(entity: EntityName): readonly string[] {
    return [...this.#copies[entity].keys()];
  }

  merged<E extends EntityName>(entity: E, id: string): Entities[E] | null {
    const copies = this.#copies[entity].get(id) ?? [];
    const [first] = copies;
    if (first === undefined) return null;
    const merge = copies.reduce((so: object, copy) => {
      const known = Object.entries(so).filter(([, value]) => value !== null);
      return { ...copy, ...Object.fromEntries(known) };
    }, {});
    return merge as Entities[E];
  }

  #ancestry(entity: EntityName, id: string): Ancestry {
    const test: Test | null = entity === 'test' ? this.merged('test', id) : null;
    const buildId = entity === 'build' ? id : (test?.buildId ?? '');
    const build: Build | null = this.merged('build', buildId);
    const checkout: Checkout | null = build === null ? null : this.merged('checkout', build.checkoutId);
    const incidents = this.ids('incident').map((one): Incident | null => this.merged('incident', one));
    const child = entity === 'test' ? 'testId' : 'buildId';
    const hasIncident = incidents.some((one) => one?.present === true && one[child] === id);
    return { build, checkout, hasIncident };
  }

  /** A copy fits in all fields of its own, and the merged graph in what it hangs on. */
  fits<E extends EntityName>(entity: E, id: string, where: Filter<E>): boolean {
    const isOwn = (field: string) => Reflect.get(FILTER_FIELDS[entity], field).of === 'self';
    const part = (wanted: boolean) =>
      Object.fromEntries(Object.entries(where).filter(([field]) => isOwn(field) === wanted)) as Filter<E>;
    const merged = this.merged(entity, id);
    if (merged === null) return false;
    const copies = (this.#copies[entity].get(id) ?? []) as readonly Entities[E][];
    const isSelf = copies.some((copy) => matches(entity, copy, part(true)) === true);
    return isSelf && matches(entity, merged, part(false), this.#ancestry(entity, id)) === true;
  }
}

/** A list of the schema: its text, and which objects lie in it before any filter. */
interface Listing {
  readonly entity: 'checkout' | 'build' | 'test';
  readonly open: string;
  readonly close: string;
  readonly holds: (graph: Graph, id: string) => boolean;
}

function listings(graph: Graph, random: Random): readonly Listing[] {
  const checkouts = graph.ids('checkout');
  const checkoutId = random.pick(checkouts);
  const buildId = random.pick(graph.ids('build'));
  const revision = checkouts
    .map((id) => graph.merged('checkout', id))
    .flatMap((checkout) => (checkout === null ? [] : (revisionOf(checkout) ?? [])))
    .at(0);
  const checkoutOf = (id: string) => graph.merged('build', id)?.checkoutId ?? '';
  const buildOf = (id: string) => graph.merged('test', id)?.buildId ?? '';
  const isOfRevision = (id: string) => {
    const checkout = graph.merged('checkout', id);
    const own = checkout === null ? null : revisionOf(checkout);
    return own !== null && revision !== undefined && revisionKey(own) === revisionKey(revision);
  };
  const all: Listing[] = [
    { entity: 'checkout', open: 'list: checkouts', close: '', holds: () => true },
    { entity: 'build', open: 'list: builds', close: '', holds: () => true },
    { entity: 'test', open: 'list: tests', close: '', holds: () => true },
    {
      entity: 'build',
      open: `checkout(id: ${JSON.stringify(checkoutId)}) { list: builds`,
      close: '}',
      holds: (_, id) => checkoutOf(id) === checkoutId,
    },
    {
      entity: 'test',
      open: `checkout(id: ${JSON.stringify(checkoutId)}) { list: tests`,
      close: '}',
      holds: (_, id) => checkoutOf(buildOf(id)) === checkoutId,
    },
    {
      entity: 'test',
      open: `build(id: ${JSON.stringify(buildId)}) { list: tests`,
      close: '}',
      holds: (_, id) => buildOf(id) === buildId,
    },
  ];
  if (revision === undefined) return all;
  const open = `revision(gitCommitHash: "${revision.gitCommitHash}", patchsetHash: "${revision.patchsetHash}") { list: `;
  return [
    ...all,
    { entity: 'build', open: `${open}builds`, close: '}', holds: (_, id) => isOfRevision(checkoutOf(id)) },
    { entity: 'test', open: `${open}tests`, close: '}', holds: (_, id) => isOfRevision(checkoutOf(buildOf(id))) },
  ];
}

interface Listed {
  readonly totalCount: number | null;
  readonly statusCounts?: { readonly total: number } | null;
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const INPUTS = { checkout: 'CheckoutFilter', build: 'BuildFilter', test: 'TestFilter' } as const;
const MAX_PAGES = 60;

/** All that a list gives over all its pages, and whether anybody was named. */
async function walk(gateway: FederatedGateway, listing: Listing, filter: object, first: number) {
  const counts = listing.entity === 'checkout' ? '' : 'statusCounts { total }';
  const text = `query ($filter: ${INPUTS[listing.entity]}, $after: String) {
    ${listing.open}(first: ${first}, after: $after, filter: $filter) {
      totalCount ${counts} nodes { id } pageInfo { hasNextPage endCursor }
    } ${listing.close}
  }`;
  const ids: string[] = [];
  let isNamed = false;
  let total: number | null | undefined;
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await gateway.ask<Record<string, unknown>>(text, { filter, after });
    isNamed ||= answer.errors.length > 0 || (answer.report.extensions.warnings ?? []).length > 0;
    const [top] = Object.values(answer.data);
    // The parent itself is found only where its source can be asked for it.
    if (top === null) return { ids, isNamed, total: null };
    const list = (listing.close === '' ? top : (top as { list: unknown }).list) as Listed;
    ids.push(...list.nodes.map(({ id }) => id));
    total ??= list.totalCount;
    if (list.statusCounts !== undefined) expect(list.statusCounts?.total ?? null).toBe(list.totalCount);
    if (!list.pageInfo.hasNextPage) return { ids, isNamed, total: total ?? null };
    after = list.pageInfo.endCursor;
  }
  throw new Error(`The list did not end within ${MAX_PAGES} pages.`);
}

/** As the GraphQL input has it: lists where the contract has `in`. */
function inputOf(where: object): object {
  const input: Record<string, unknown> = {};
  for (const [field, condition] of Object.entries(where)) {
    const keys = Object.keys(condition);
    const isObject =
      ['gitCommitHash', 'path'].includes(field) || !(keys.length === 1 && ['in', 'is'].includes(keys[0]!));
    input[field] = isObject ? condition : Object.values(condition)[0];
  }
  return input;
}

/** What cannot be a variable of the schema, or is refused as no value at all. */
function isSendable(where: object): boolean {
  const text = JSON.stringify(where);
  return !/\\u0000|\\ud800|xyz|"prefix":""|:{}/.test(text);
}

export interface Tally {
  lists: number;
  counted: number;
}

/**
 * Every list under every filter equals the filter evaluated over the merged graph, over random spreads of the objects:
 * or somebody is named, and then no row is wrong.
 */
export async function checkSpread(seed: number, tally: Tally): Promise<void> {
  const { sources, random } = spread(seed);
  const graph = new Graph(sources);
  const adapters = sources.map((options, index) => ({ name: `s${index}`, adapter: new ArrayAdapter(options) }));
  const gateway = new FederatedGateway(adapters);
  const makers = filterMakers({
    checkout: graph.ids('checkout'),
    build: graph.ids('build'),
    test: graph.ids('test'),
    issue: graph.ids('issue'),
    incident: graph.ids('incident'),
  });
  for (const listing of listings(graph, random)) {
    const { entity } = listing;
    const where = randomFilter(makers[entity], random);
    if (!isSendable(where)) continue;
    const expected = graph
      .ids(entity)
      .filter((id) => entity !== 'build' || !isPlaceholder(id))
      .filter((id) => listing.holds(graph, id) && graph.fits(entity, id, where))
      .sort();
    const { ids, isNamed, total } = await walk(gateway, listing, inputOf(where), random.pick([5, 100]));
    const about = `seed ${seed}: ${listing.open} ${JSON.stringify(where)}`;
    expect(new Set(ids).size, about).toBe(ids.length);
    expect(
      ids.filter((id) => !expected.includes(id)),
      about,
    ).toEqual([]);
    if (!isNamed) {
      expect([...ids].sort(), about).toEqual(expected);
      expect(total, about).not.toBeNull();
    }
    if (total !== null) expect(total, about).toBe(expected.length);
    tally.lists += 1;
    if (total !== null) tally.counted += 1;
  }
}

export async function checkSpreads(runs: number): Promise<Tally> {
  const tally = { lists: 0, counted: 0 };
  await fc.assert(
    fc.asyncProperty(fc.nat(), (seed) => checkSpread(seed, tally)),
    { numRuns: runs, endOnFailure: true },
  );
  return tally;
}
