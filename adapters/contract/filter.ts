/**
 * Filters as data, and what they mean: `matches` is the reference evaluator. The gateway uses it for what a source does
 * not push down, and the tests hold every adapter against it.
 *
 * AND between fields, OR within a list. An empty list fits nothing; an absent field does not filter. Times are text in
 * the form of the model, so that they compare as text.
 */

import type { Build, Checkout, Culprit, Entities, EntityName, Incident, Issue, Status, Test } from './model.ts';
import { normaliseUrl } from './time-and-url.ts';

/** `in`: equal to one of them (a list field: has one of them). */
export interface InFilter<T> {
  readonly in: readonly T[];
}
/** Both given: both must fit. Hashes are compared in lower case. */
export interface HashFilter {
  readonly in?: readonly string[];
  readonly prefix?: string;
}
/**
 * `under`: that node of the dotted tree and all below it. `prefix`: begins with this text. `contains`: has this text
 * somewhere, whether its letters are written large or small (`foldCase`). All that are given must fit.
 */
export interface PathFilter {
  readonly in?: readonly string[];
  readonly under?: string;
  readonly prefix?: string;
  readonly contains?: string;
}
/** Half-open: from <= value < to. A value that is null is in no range. */
export interface RangeFilter<T> {
  readonly from?: T;
  readonly to?: T;
}
export interface IsFilter<T> {
  readonly is: T;
}

interface CommonFilter {
  readonly id?: InFilter<string>;
  readonly origin?: InFilter<string>;
  readonly timestamp?: RangeFilter<string>;
}
/** What builds and tests are asked by of their checkout. */
interface OfCheckoutFilter {
  readonly gitCommitHash?: HashFilter;
  readonly treeName?: InFilter<string>;
  /** Compared in normalised form (`normaliseUrl`). */
  readonly gitRepositoryUrl?: InFilter<string>;
  readonly gitRepositoryBranch?: InFilter<string>;
}
interface OfBuildFilter {
  readonly architecture?: InFilter<string>;
  readonly configName?: InFilter<string>;
  readonly compiler?: InFilter<string>;
}
export interface CheckoutFilter extends CommonFilter, OfCheckoutFilter {
  /** `''` fits checkouts without patches, whether they say so or say nothing. */
  readonly patchsetHash?: InFilter<string>;
  readonly gitCommitName?: InFilter<string>;
  readonly gitCommitTags?: InFilter<string>;
  /** With or without the angle brackets of the header (`messageIdSpellings`). */
  readonly messageId?: InFilter<string>;
  readonly valid?: InFilter<boolean | null>;
  readonly startTime?: RangeFilter<string>;
}
export interface BuildFilter extends CommonFilter, OfBuildFilter, OfCheckoutFilter {
  readonly checkoutId?: InFilter<string>;
  readonly status?: InFilter<Status | null>;
  readonly startTime?: RangeFilter<string>;
  readonly duration?: RangeFilter<number>;
  /** An incident with `present: true`: one that was ruled out, or that nobody has looked at, is none. */
  readonly hasIncident?: IsFilter<boolean>;
}
export interface TestFilter extends CommonFilter, OfBuildFilter, OfCheckoutFilter {
  readonly buildId?: InFilter<string>;
  readonly status?: InFilter<Status | null>;
  readonly path?: PathFilter;
  /** `environment.misc.platform`. */
  readonly platform?: InFilter<string>;
  /** One of `environment.compatible`. */
  readonly compatible?: InFilter<string>;
  readonly startTime?: RangeFilter<string>;
  readonly duration?: RangeFilter<number>;
  readonly number?: RangeFilter<number>;
  /** As of builds. */
  readonly hasIncident?: IsFilter<boolean>;
}
export interface IssueFilter extends CommonFilter {
  readonly category?: InFilter<string>;
  readonly reportUrl?: InFilter<string>;
  readonly culprit?: IsFilter<Partial<Culprit>>;
}
export interface IncidentFilter extends CommonFilter {
  readonly issueId?: InFilter<string>;
  readonly issueVersion?: InFilter<number>;
  readonly buildId?: InFilter<string>;
  readonly testId?: InFilter<string>;
  readonly present?: InFilter<boolean | null>;
}

export interface Filters {
  readonly checkout: CheckoutFilter;
  readonly build: BuildFilter;
  readonly test: TestFilter;
  readonly issue: IssueFilter;
  readonly incident: IncidentFilter;
}
export type Filter<E extends EntityName> = Filters[E];
export type FilterFieldOf<E extends EntityName> = keyof Filters[E] & string;
export type FilterOperator = 'in' | 'prefix' | 'under' | 'contains' | 'range' | 'is';
/** The filters that a source applies itself, by field and operator; the gateway applies all others. */
export type PushedFilters<E extends EntityName> = { readonly [F in FilterFieldOf<E>]?: readonly FilterOperator[] };

/**
 * What an object hangs on, for filters that read it. A field left out is not known (then the filter may not be
 * decidable); null is known to be nowhere.
 */
export interface Ancestry {
  readonly build?: Build | null;
  readonly checkout?: Checkout | null;
  /** Whether an incident with `present: true` names it. */
  readonly hasIncident?: boolean;
}

/** The object that a filter field reads. */
export type FilterSubject = 'self' | 'build' | 'checkout' | 'incidents';

interface FieldRule {
  readonly operators: readonly FilterOperator[];
  readonly of: FilterSubject;
  readonly test: (value: never, filter: never) => boolean;
  /** The value that the filter compares, of the subject. */
  readonly value: (subject: never) => unknown;
}

function field<S, V, F>(
  of: FilterSubject,
  operators: readonly FilterOperator[],
  value: (subject: S) => V,
  test: (value: V, filter: F) => boolean,
): FieldRule {
  return { of, operators, value, test };
}

const isIn = (value: unknown, filter: InFilter<unknown>): boolean => filter.in.includes(value);
const hasOneOf = (values: readonly string[] | null, filter: InFilter<string>): boolean =>
  values?.some((value) => filter.in.includes(value)) ?? false;
const isRepository = (url: string | null, filter: InFilter<string>): boolean =>
  url !== null && filter.in.some((wanted) => normaliseUrl(wanted) === normaliseUrl(url));
const isHash = (hash: string | null, filter: HashFilter): boolean =>
  hash !== null &&
  (filter.in === undefined || filter.in.some((wanted) => wanted.toLowerCase() === hash.toLowerCase())) &&
  (filter.prefix === undefined || hash.toLowerCase().startsWith(filter.prefix.toLowerCase()));
const isPatchset = (hash: string | null, filter: InFilter<string>): boolean =>
  filter.in.some((wanted) => wanted.toLowerCase() === (hash ?? '').toLowerCase());
const isPath = (path: string | null, filter: PathFilter): boolean =>
  path !== null &&
  (filter.in === undefined || filter.in.includes(path)) &&
  (filter.under === undefined || filter.under === '' || path === filter.under || path.startsWith(`${filter.under}.`)) &&
  (filter.prefix === undefined || path.startsWith(filter.prefix)) &&
  (filter.contains === undefined || foldCase(path).includes(foldCase(filter.contains)));
const isMessage = (id: string | null, filter: InFilter<string>): boolean =>
  id !== null && filter.in.some((wanted) => messageIdSpellings(wanted).includes(id));
const isWithin = (value: number | null, filter: RangeFilter<number>): boolean =>
  value !== null &&
  (filter.from === undefined || value >= filter.from) &&
  (filter.to === undefined || value < filter.to);
const isDuring = (time: string | null, filter: RangeFilter<string>): boolean =>
  time !== null && (filter.from === undefined || time >= filter.from) && (filter.to === undefined || time < filter.to);
const isCulprit = (culprit: Culprit | null, filter: IsFilter<Partial<Culprit>>): boolean =>
  (['code', 'tool', 'harness'] as const).every(
    (layer) => (filter.is[layer] ?? null) === null || culprit?.[layer] === filter.is[layer],
  );

const common = {
  id: field('self', ['in'], (object: Entities[EntityName]) => object.id, isIn),
  origin: field('self', ['in'], (object: Entities[EntityName]) => object.origin, isIn),
  timestamp: field('self', ['range'], (object: Entities[EntityName]) => object.timestamp, isDuring),
};
const ofCheckout = (of: FilterSubject) => ({
  gitCommitHash: field(of, ['in', 'prefix'], (checkout: Checkout) => checkout.gitCommitHash, isHash),
  treeName: field(of, ['in'], (checkout: Checkout) => checkout.treeName, isIn),
  gitRepositoryUrl: field(of, ['in'], (checkout: Checkout) => checkout.gitRepositoryUrl, isRepository),
  gitRepositoryBranch: field(of, ['in'], (checkout: Checkout) => checkout.gitRepositoryBranch, isIn),
});
const ofBuild = (of: FilterSubject) => ({
  architecture: field(of, ['in'], (build: Build) => build.architecture, isIn),
  configName: field(of, ['in'], (build: Build) => build.configName, isIn),
  compiler: field(of, ['in'], (build: Build) => build.compiler, isIn),
});
const ofRun = {
  status: field('self', ['in'], (run: Build | Test) => run.status, isIn),
  startTime: field('self', ['range'], (run: Build | Test) => run.startTime, isDuring),
  duration: field('self', ['range'], (run: Build | Test) => run.duration, isWithin),
  hasIncident: field(
    'incidents',
    ['is'],
    (has: boolean) => has,
    (has: boolean, filter: IsFilter<boolean>) => has === filter.is,
  ),
};

/** Every filter field of every entity: which operators it has, what it reads, and what it means. */
export const FILTER_FIELDS: { readonly [E in EntityName]: { readonly [F in FilterFieldOf<E>]: FieldRule } } = {
  checkout: {
    ...common,
    ...ofCheckout('self'),
    patchsetHash: field('self', ['in'], (checkout: Checkout) => checkout.patchsetHash, isPatchset),
    gitCommitName: field('self', ['in'], (checkout: Checkout) => checkout.gitCommitName, isIn),
    gitCommitTags: field('self', ['in'], (checkout: Checkout) => checkout.gitCommitTags, hasOneOf),
    messageId: field('self', ['in'], (checkout: Checkout) => checkout.messageId, isMessage),
    valid: field('self', ['in'], (checkout: Checkout) => checkout.valid, isIn),
    startTime: field('self', ['range'], (checkout: Checkout) => checkout.startTime, isDuring),
  },
  build: {
    ...common,
    ...ofRun,
    ...ofBuild('self'),
    ...ofCheckout('checkout'),
    checkoutId: field('self', ['in'], (build: Build) => build.checkoutId, isIn),
  },
  test: {
    ...common,
    ...ofRun,
    ...ofBuild('build'),
    ...ofCheckout('checkout'),
    buildId: field('self', ['in'], (test: Test) => test.buildId, isIn),
    path: field('self', ['in', 'under', 'prefix', 'contains'], (test: Test) => test.path, isPath),
    platform: field('self', ['in'], platformOf, isIn),
    compatible: field('self', ['in'], (test: Test) => test.environment?.compatible ?? null, hasOneOf),
    number: field('self', ['range'], (test: Test) => test.number?.value ?? null, isWithin),
  },
  issue: {
    ...common,
    category: field('self', ['in'], (issue: Issue) => issue.categories, hasOneOf),
    reportUrl: field('self', ['in'], (issue: Issue) => issue.reportUrl, isIn),
    culprit: field('self', ['is'], (issue: Issue) => issue.culprit, isCulprit),
  },
  incident: {
    ...common,
    issueId: field('self', ['in'], (incident: Incident) => incident.issueId, isIn),
    issueVersion: field('self', ['in'], (incident: Incident) => incident.issueVersion, isIn),
    buildId: field('self', ['in'], (incident: Incident) => incident.buildId, isIn),
    testId: field('self', ['in'], (incident: Incident) => incident.testId, isIn),
    present: field('self', ['in'], (incident: Incident) => incident.present, isIn),
  },
};

/** How two texts are compared whatever the case: by the letters A to Z alone, as every database can. */
export function foldCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The ways in which one Message-ID is written: as in the header, between angle brackets, and without these. */
export function messageIdSpellings(id: string): readonly [string, string] {
  const bare = id.startsWith('<') && id.endsWith('>') ? id.slice(1, -1) : id;
  return [bare, `<${bare}>`];
}

/** The name of the board, where the origin gave one as KernelCI does. */
function platformOf(test: Test): string | null {
  const platform = test.environment?.misc?.platform;
  return typeof platform === 'string' ? platform : null;
}

/**
 * Whether an object fits a filter: true, false, or null where that cannot be decided, since a field reads something
 * that `ancestry` leaves open. A field that is false decides, whatever else is open.
 */
export function matches<E extends EntityName>(
  entity: E,
  object: Entities[E],
  where: Filter<E> | null,
  ancestry: Ancestry = {},
): boolean | null {
  if (where === null) return true;
  const rules: { readonly [field: string]: FieldRule } = FILTER_FIELDS[entity];
  let verdict: boolean | null = true;
  for (const [name, filter] of Object.entries(where)) {
    if (filter === undefined || filter === null) continue;
    const rule = rules[name];
    if (rule === undefined) throw new Error(`There is no filter "${name}" for a ${entity}.`);
    const subject = subjectOf(rule.of, object, ancestry);
    if (subject === undefined) verdict = null;
    else if (subject === null || !rule.test(rule.value(subject as never) as never, filter as never)) return false;
  }
  return verdict;
}

function subjectOf(of: FilterSubject, object: Entities[EntityName], ancestry: Ancestry): unknown {
  if (of === 'self') return object;
  return of === 'incidents' ? ancestry.hasIncident : ancestry[of];
}

/** The value that a filter field compares; undefined where there is no such field, or `ancestry` leaves it open. */
export function filterValue<E extends EntityName>(
  entity: E,
  field: string,
  object: Entities[E],
  ancestry: Ancestry = {},
): unknown {
  const rules: { readonly [field: string]: FieldRule } = FILTER_FIELDS[entity];
  const rule = rules[field];
  const subject = rule && subjectOf(rule.of, object, ancestry);
  return rule === undefined || subject === undefined ? undefined : subject && rule.value(subject as never);
}

/** Filter fields of an entity with all their operators: those that `isWanted` picks by name and by what they read. */
export function filtersOf<E extends EntityName>(
  entity: E,
  isWanted: (field: string, reads: FilterSubject) => boolean = () => true,
): PushedFilters<E> {
  const rules: { readonly [field: string]: FieldRule } = FILTER_FIELDS[entity];
  const wanted = Object.entries(rules).filter(([field, rule]) => isWanted(field, rule.of));
  return Object.fromEntries(wanted.map(([field, { operators }]) => [field, operators])) as PushedFilters<E>;
}
