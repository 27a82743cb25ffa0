import { type Document, ObjectId } from 'bson';
import {
  type Call,
  type Entities,
  type Incident,
  type Issue,
  onlyAsked,
  type Page,
  type PageItem,
  type PageQuery,
  SourceError,
} from '../../kit/author.ts';
import { idOf, isId, textOf, toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import {
  BISECT_FIELDS,
  chainKey,
  REGRESSION_FIELDS,
  type Regression,
  type RegressionRun,
  regressionOf,
  translateIncident,
  translateIssue,
} from '../translate-issue.ts';
import { FIRST_TIME } from './paging.ts';
import { type LegacySource, warnOfCut } from './source.ts';

const REGRESSION_PROJECTION = Object.fromEntries(REGRESSION_FIELDS.map((name) => [name, 1 as const]));
const BISECT_PROJECTION = Object.fromEntries(BISECT_FIELDS.map((name) => [name, 1 as const]));
const MAX_DOCUMENTS = 5000;
const MAX_BISECTIONS = 1000;
/** The first fields of the index that begins with the build's environment; the kernel follows them. */
const TRAITS = ['build_environment', 'defconfig_full', 'device_type', 'git_branch', 'job'] as const;

/** A document as one link in the chain of its regression's documents. */
export interface ChainLink {
  readonly regression: Regression;
  /** The first document of the regression. */
  readonly first: Regression;
  /** The failures that no earlier document contains. */
  readonly own: readonly RegressionRun[];
}

/** Reads documents of regressions, and groups those of one regression into a chain. */
export class RegressionReader {
  readonly #source: LegacySource;

  constructor(source: LegacySource) {
    this.#source = source;
  }

  async byId(hexes: readonly string[], statements: Statements, call: Call): Promise<readonly Regression[]> {
    if (hexes.length === 0) return [];
    return await this.find({ _id: { $in: hexes.map(toObjectId) } }, statements, call);
  }

  async find(filter: Document, statements: Statements, call: Call): Promise<readonly Regression[]> {
    const query = { projection: REGRESSION_PROJECTION, limit: MAX_DOCUMENTS };
    const { documents, isCut } = await statements.find('test_regression', filter, query);
    if (isCut) warnOfCut(call, 'documents of regressions');
    return this.read(documents, call);
  }

  /** Omits invalid documents and warns of them. */
  read(documents: readonly Document[], call: Call): readonly Regression[] {
    return documents.flatMap((document) => {
      const regression = document._id instanceof ObjectId ? regressionOf(document) : null;
      if (regression !== null) return [regression];
      const id = idOf(document._id) ?? 'unknown';
      call.warn(
        new SourceError('SOURCE_BAD_DATA', `The regression ${id} tells of no failure; it is left out.`, { id }),
      );
      return [];
    });
  }

  /** The links of these documents and of the earlier documents of their regressions, by `_id`. */
  async links(
    regressions: readonly Regression[],
    statements: Statements,
    call: Call,
  ): Promise<ReadonlyMap<string, ChainLink>> {
    const all = new Map(regressions.map((regression) => [regression.hex, regression]));
    const later = regressions.filter(({ failures }) => failures.length > 1);
    if (later.length > 0) {
      // The kernels of the earlier failures complete the fields of the longest index.
      const filter = { $or: later.map((regression) => earlierOf(regression)) };
      for (const earlier of await this.find(filter, statements, call)) all.set(earlier.hex, earlier);
    }
    return linksOf([...all.values()]);
  }

  /** The later documents of the regressions of which these are the first documents. */
  async later(regressions: readonly Regression[], statements: Statements, call: Call): Promise<readonly Regression[]> {
    if (regressions.length === 0) return [];
    const chains = new Set(regressions.map(chainKey));
    const found = await this.find({ $or: regressions.map((one) => sameTest(one)) }, statements, call);
    return found.filter((one) => chains.has(chainKey(one)));
  }

  /** The issues of first documents, by `_id`. */
  async issues(
    first: readonly Regression[],
    statements: Statements,
    { fields }: Call,
  ): Promise<ReadonlyMap<string, Issue>> {
    const isAsked = ['culprit', 'comment', 'misc'].some((field) => fields.has(field));
    const bisections = new Map<string, Document>();
    if (isAsked && first.length > 0) {
      // The system deletes them after two weeks, so there are few; the index for the deletion serves this read.
      const ids = first.map(({ hex }) => toObjectId(hex));
      const filter = { created_on: { $gte: FIRST_TIME }, regression_id: { $in: ids } };
      const query = { projection: BISECT_PROJECTION, limit: MAX_BISECTIONS };
      for (const document of (await statements.find('bisect', filter, query)).documents) {
        const hex = idOf(document.regression_id) ?? '';
        if (!bisections.has(hex) || textOf(document.found_summary) !== null) bisections.set(hex, document);
      }
    }
    return new Map(
      first.map((one) => {
        const issue = translateIssue(one, bisections.get(one.hex) ?? null, this.#source.ids);
        return [one.hex, onlyAsked<'issue'>(issue, fields)];
      }),
    );
  }

  /** The incidents of the failures that no earlier document contains. */
  incidents({ regression, first, own }: ChainLink, { fields }: Call): readonly Incident[] {
    const { ids } = this.#source;
    return own.map((run) => onlyAsked<'incident'>(translateIncident(regression, run, first.hex, ids), fields));
  }
}

function earlierOf(regression: Regression): Document {
  const kernels = regression.failures.slice(0, -1).map(({ kernel }) => kernel);
  return { ...sameTest(regression), kernel: { $in: [...new Set(kernels)] } };
}

function sameTest({ document }: Regression): Document {
  const traits = Object.fromEntries(TRAITS.map((trait) => [trait, document[trait] ?? null]));
  return { ...traits, plan: document.plan ?? null, test_case_path: document.test_case_path ?? null };
}

/** Assigns each failure of a regression to the shortest document that contains it. */
function linksOf(regressions: readonly Regression[]): ReadonlyMap<string, ChainLink> {
  const chains = new Map<string, Regression[]>();
  for (const regression of regressions) {
    const key = chainKey(regression);
    chains.set(key, [...(chains.get(key) ?? []), regression]);
  }
  const links = new Map<string, ChainLink>();
  for (const chain of chains.values()) {
    const sorted = chain.toSorted(
      (one, other) => one.failures.length - other.failures.length || (one.hex < other.hex ? -1 : 1),
    );
    const [first] = sorted;
    const seen = new Set<string>();
    for (const regression of sorted) {
      const own = regression.failures.filter(({ testCase }) => !seen.has(testCase));
      for (const { testCase } of own) seen.add(testCase);
      if (first !== undefined) links.set(regression.hex, { regression, first, own });
    }
  }
  return links;
}

const MIN_DOCUMENTS = 50;
const MAX_READS = 40;

type Listed = 'issue' | 'incident';
/** The items of a document, in an order that never changes. */
type ItemsOf<E extends Listed> = (
  links: readonly ChainLink[],
  statements: Statements,
) => Promise<ReadonlyMap<string, readonly Omit<PageItem<Entities[E]>, 'mark'>[]>>;

/**
 * A list ordered by the `_id` of documents of regressions: each is written once, when the test fails, and no index sorts
 * by time. The mark is the `_id` and the position of the item in the document.
 */
export async function regressionPage<E extends Listed>(
  reader: RegressionReader,
  { order, first, after }: PageQuery<E>,
  itemsOf: ItemsOf<E>,
  statements: Statements,
  call: Call,
): Promise<Page<Entities[E]>> {
  const isOldest = order === 'OLDEST';
  const place = markOf(after?.mark ?? '');
  const items: PageItem<Entities[E]>[] = [];
  let bound = place === null ? null : place.hex;
  let isInclusive = true;
  for (let round = 0; round < MAX_READS; round++) {
    const limit = Math.max(MIN_DOCUMENTS, first + 1 - items.length);
    const filter = bound === null ? anyId() : { _id: { [comparison(isOldest, isInclusive)]: toObjectId(bound) } };
    const query = { projection: REGRESSION_PROJECTION, sort: { _id: isOldest ? (1 as const) : (-1 as const) }, limit };
    const { documents, isCut } = await statements.find('test_regression', filter, query);
    const regressions = reader.read(documents, call);
    const links = await reader.links(regressions, statements, call);
    const chosen = regressions.flatMap(({ hex }) => links.get(hex) ?? []);
    const given = await itemsOf(chosen, statements);
    for (const { regression } of chosen) {
      for (const [index, item] of (given.get(regression.hex) ?? []).entries()) {
        if (place?.hex === regression.hex && index <= place.index) continue;
        items.push({ ...item, mark: `${regression.hex}.${index}` });
      }
    }
    if (!isCut || items.length > first) return { items: items.slice(0, first), hasMore: items.length > first };
    bound = String(documents.at(-1)?._id ?? bound);
    isInclusive = false;
  }
  warnOfCut(call, 'regressions that go on from earlier ones');
  return { items: items.slice(0, first), hasMore: true };
}

function anyId() {
  return { _id: { $gte: toObjectId('0'.repeat(24)) } };
}

function comparison(isOldest: boolean, isInclusive: boolean): string {
  return `$${isOldest ? 'g' : 'l'}t${isInclusive ? 'e' : ''}`;
}

function markOf(mark: string): { readonly hex: string; readonly index: number } | null {
  const [hex = '', index = ''] = mark.split('.');
  return isId(hex) && /^\d{1,9}$/.test(index) ? { hex, index: Number(index) } : null;
}
