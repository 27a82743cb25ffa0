import { SourceError } from '../../adapters/contract/errors.ts';
import { matches } from '../../adapters/contract/filter.ts';
import type { Entities, EntityName, Status, StatusCounts } from '../../adapters/contract/model.ts';
import { ownersFirst } from '../../adapters/kit/fill-gaps.ts';
import { fitsGraph } from './ancestors.ts';
import { type FieldSet, fieldSet } from './field-set.ts';
import { isListed, readRows } from './list/list.ts';
import {
  identityIn,
  type ListedSource,
  type ListPart,
  type ListPlace,
  type ListPlan,
  type ListSubject,
} from './list/query.ts';
import { addCounts, type Copy, countStatuses, NO_COUNTS } from './merge.ts';
import type { Source } from './registry.ts';
import { MAX_PAGE_REQUESTS, type RequestContext } from './request.ts';
import {
  canGet,
  entitySource,
  fieldsRead,
  keysExclude,
  pickFields,
  relationSource,
  splitFilter,
  subjectOf,
  withoutAncestors,
} from './source-plan.ts';

/** What one source has of an object. */
interface Held<E extends EntityName> extends Copy<Entities[E]> {
  /** It lies in the source's list and fits what the filter asks of the object itself. */
  readonly isCounted: boolean;
}
/** By identity, the copies of each by priority. */
type HeldById<E extends EntityName> = ReadonlyMap<string, readonly Held<E>[]>;

/** Up to as many objects it is cheaper to read all that fit than to read all that another source has. */
const FEW = 2_000;

interface CountQuestion<E extends EntityName> {
  readonly context: RequestContext;
  readonly subject: ListSubject<E>;
  readonly place: ListPlace;
  readonly plan: ListPlan<E>;
  readonly needsStatuses: boolean;
  /** A copy that does not fit the filter counts all the same: it may have the status that is shown, or be newer. */
  readonly readsOthers: boolean;
}

/**
 * How many objects a list holds on all its pages, by status; null where that cannot be told exactly.
 *
 * Sources that cannot have the same objects are added up. Else the largest is counted by itself, the others are read, and
 * what of them it has too corrects its counts; or all that fits is read. At most 20,000 objects are read a request.
 */
export async function countList<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  plan: ListPlan<E>,
  needsStatuses: boolean,
): Promise<StatusCounts | null> {
  if (plan.isPartial) return null;
  if (plan.sources.length === 0) return NO_COUNTS;
  // Statuses of a whole list cost nothing more; under a filter the copies that do not fit must be had too.
  const withStatuses = needsStatuses || subject.where === null;
  const { entity, relation, where, allVersions, scope } = subject;
  const names = scope.sources.map(({ name }) => name);
  const key = JSON.stringify([entity, relation, place.parent, where, allVersions, names, withStatuses]);
  const known = await context.counts.get(key);
  // Where it could not be counted that is said of this field too.
  if (known !== undefined && known !== null) return known;
  const counts = countOnce(context, subject, place, plan, withStatuses);
  context.counts.set(key, counts);
  return await counts;
}

async function countOnce<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  plan: ListPlan<E>,
  needsStatuses: boolean,
): Promise<StatusCounts | null> {
  const listed = plan.sources;
  const isNewestOnly = subject.entity === 'issue' && !subject.allVersions;
  const areApart = keysExclude(listed.map(({ source }) => entitySource(source, subject.entity)?.keys));
  const readsOthers = listed.length > 1 && !areApart && subject.where !== null && (needsStatuses || isNewestOnly);
  const question = { context, subject, place, plan, needsStatuses, readsOthers };
  if (listed.some((one) => openGraph(question, one) !== null)) return await countRead(question);
  const bySource = await Promise.all(listed.map((one) => countInSource(context, subject, place, one)));
  if (bySource.includes('failed')) return null;
  const known = bySource.filter((counts) => typeof counts === 'object');
  const filled = known.filter(({ total }) => total > 0);
  if (known.length === listed.length) {
    if (areApart || filled.length === 0 || (filled.length === 1 && !readsOthers)) {
      return filled.reduce(addCounts, NO_COUNTS);
    }
  }
  const largest = largestOf(bySource);
  if (largest !== null && !isNewestOnly && isWorthwhile(question, bySource, largest)) {
    return await correctedCounts(question, largest, bySource);
  }
  return await countRead(question);
}

/** What of a filter is left to be evaluated once an object is known to lie below a parent that fits. */
function openGraph<E extends EntityName>({ subject, plan }: CountQuestion<E>, { graph }: ListedSource<E>) {
  return plan.fitting === null ? graph : withoutAncestors(subject.entity, graph);
}

function largestOf(bySource: readonly Counted[]): number | null {
  const totals = bySource.map((counts) => (typeof counts === 'object' ? counts.total : -1));
  const most = Math.max(...totals);
  return most <= 0 ? null : totals.indexOf(most);
}

/** Whether to take the count of the largest source as it is: where reading what fits of all would be more. */
function isWorthwhile<E extends EntityName>(
  { subject, plan, readsOthers }: CountQuestion<E>,
  bySource: readonly Counted[],
  largest: number,
): boolean {
  const { source, parts } = plan.sources[largest]!;
  if (entitySource(source, subject.entity)?.get === undefined) return false;
  const totals = bySource.map((counts) => (typeof counts === 'object' ? counts.total : 0));
  // What the others have in all can be read only below a parent.
  const isBounded = parts.every(({ relation, below }) => relation !== null || below !== undefined);
  if (readsOthers && !isBounded) return false;
  return totals.reduce((sum, total) => sum + total, 0) > FEW;
}

/** The counts of the largest source, corrected by what the others have. */
async function correctedCounts<E extends EntityName>(
  question: CountQuestion<E>,
  largest: number,
  bySource: readonly Counted[],
): Promise<StatusCounts | null> {
  const { context, subject, place, plan, needsStatuses, readsOthers } = question;
  const base = plan.sources[largest]!;
  const counts = bySource[largest];
  if (typeof counts !== 'object') return null;
  const others = plan.sources.filter((one, index) => {
    const own = bySource[index];
    return one !== base && (readsOthers || typeof own !== 'object' || own.total > 0);
  });
  const fields = countedFields(question);
  const held = await heldIn(question, others, fields, readsOthers);
  if (held === null) return null;
  const keys = [...held.keys()].filter((key) => canGet(base.source, subject.entity, key));
  const perRequest = entitySource(base.source, subject.entity)?.get?.maxKeys ?? 1;
  if (Math.ceil(keys.length / perRequest) > MAX_PAGE_REQUESTS) return cut(context, place, base);
  const found = await lookUp(question, base, keys, fields);
  if (found === null) return null;
  let sum: StatusCounts = counts;
  for (const [identity, copies] of held) {
    const own = found.get(identity);
    const all = own === undefined ? copies : byPriority(plan, [...copies, own]);
    if (own?.isCounted === true) sum = addStatus(sum, statusIn([own]), -1);
    if (all.some(({ isCounted }) => isCounted)) sum = addStatus(sum, statusIn(all), 1);
  }
  return needsStatuses ? sum : { ...NO_COUNTS, total: sum.total };
}

/** The counts of all that is read: objects of which a copy fits, by the status of all copies. */
async function countRead<E extends EntityName>(question: CountQuestion<E>): Promise<StatusCounts | null> {
  const { context, subject, place, plan, needsStatuses, readsOthers } = question;
  const fields = countedFields(question);
  const held = await heldIn(question, plan.sources, fields, false);
  if (held === null) return null;
  const fitting = [...held].filter(([, copies]) => copies.some(({ isCounted }) => isCounted));
  const all = readsOthers ? await withOthers(question, fitting, fields) : fitting;
  if (all === null) return null;
  const counting = all
    .map(([, copies]) => newestOnly(subject, copies))
    .filter((copies) => copies.some(({ isCounted }) => isCounted));
  // A copy that was looked up is not known to fit what its source's list would have decided.
  const graphOf = (index: number) => {
    const counted = (counting[index] ?? []).filter(({ isCounted }) => isCounted);
    const lists = plan.sources.filter(({ source }) => counted.some((copy) => copy.source === source));
    return lists.map((listed) => openGraph(question, listed)).find((graph) => graph !== null) ?? null;
  };
  const fits = await fitsGraph(context, subject, plan, counting, graphOf, place);
  if (fits.some((fit) => typeof fit !== 'boolean')) return null;
  const counts = countStatuses(counting.filter((_, index) => fits[index] === true).map(statusIn));
  return needsStatuses ? counts : { ...NO_COUNTS, total: counts.total };
}

/** The same with the copies that do not fit, of the sources that were asked only for what fits. */
async function withOthers<E extends EntityName>(
  question: CountQuestion<E>,
  fitting: readonly (readonly [string, readonly Held<E>[]])[],
  fields: FieldSet,
): Promise<readonly (readonly [string, readonly Held<E>[]])[] | null> {
  const { context, subject, place, plan } = question;
  const bySource = await Promise.all(
    plan.sources.map(async (listed) => {
      const { source, parts } = listed;
      // Its rows came whatever they are: what was not among them it does not have here.
      if (parts.every(({ where, below }) => isUnfiltered(where, below?.field))) return new Map<string, Held<E>>();
      const missing = fitting
        .filter(
          ([key, copies]) => canGet(source, subject.entity, key) && !copies.some((copy) => copy.source === source),
        )
        .map(([key]) => key);
      const perRequest = entitySource(source, subject.entity)?.get?.maxKeys ?? 1;
      if (Math.ceil(missing.length / perRequest) > MAX_PAGE_REQUESTS) return cut(context, place, listed);
      return await lookUp(question, listed, missing, fields);
    }),
  );
  if (bySource.includes(null)) return null;
  return fitting.map(([identity, copies]) => {
    const more = bySource.flatMap((found) => found?.get(identity) ?? []);
    return [identity, more.length === 0 ? copies : byPriority(plan, [...copies, ...more])] as const;
  });
}

function isUnfiltered(where: object | null, field: string | undefined): boolean {
  return Object.keys(where ?? {}).every((name) => name === field);
}

/** Copies of one source by id; null where it failed, which is reported. */
async function lookUp<E extends EntityName>(
  { context, subject, place }: CountQuestion<E>,
  { source, holds }: ListedSource<E>,
  keys: readonly string[],
  fields: FieldSet,
): Promise<ReadonlyMap<string, Held<E>> | null> {
  const loader = context.loaders.objects(source, subject.entity, fields);
  const answers = await Promise.all(keys.map((key) => loader.load({ key, path: place.path })));
  const failure = answers.find((answer) => answer instanceof SourceError);
  if (failure instanceof SourceError) {
    context.report.fail(source.name, failure, place.path);
    return null;
  }
  const found = answers.flatMap((answer) => (answer === null || answer instanceof SourceError ? [] : [answer]));
  const belong = await holds(found.map(({ object }) => object));
  const byId = new Map<string, Held<E>>();
  found.forEach(({ object, time }, index) => {
    const isCounted = belong[index] === true && fitsItself(subject, object);
    byId.set(identityIn(subject, object), { source, object, time, isCounted });
  });
  return byId;
}

/**
 * What sources have of a list, by identity; null where they failed or have too much.
 * @param isUnfiltered also what does not fit, so that all copies of an object are known
 */
async function heldIn<E extends EntityName>(
  question: CountQuestion<E>,
  sources: readonly ListedSource<E>[],
  fields: FieldSet,
  isUnfiltered: boolean,
): Promise<HeldById<E> | null> {
  const { subject } = question;
  const bySource = await Promise.all(
    sources.map((listed) =>
      Promise.all(
        listed.parts.map((part) => readPart(question, listed, isUnfiltered ? withoutFilter(part) : part, fields)),
      ),
    ),
  );
  const held = new Map<string, Held<E>[]>();
  for (const [index, parts] of bySource.entries()) {
    const { source } = sources[index]!;
    for (const rows of parts) {
      if (rows === null) return null;
      for (const { object, time } of rows) {
        if (!isListed(subject.entity, object)) continue;
        const identity = identityIn(subject, object);
        const copies = held.get(identity) ?? [];
        if (copies.length === 0) held.set(identity, copies);
        if (copies.some((copy) => copy.source === source)) continue;
        copies.push({ source, object, time, isCounted: fitsItself(subject, object) });
      }
    }
  }
  return held;
}

/** All rows of one list; null where the source failed or has too much, which is reported. */
async function readPart<E extends EntityName>(
  { context, subject, place }: CountQuestion<E>,
  listed: ListedSource<E>,
  { relation, parent, where }: ListPart<E>,
  fields: FieldSet,
) {
  const { entity, order, allVersions } = subject;
  const { source } = listed;
  const query = { source, entity, relation, parent, where, order, allVersions, fields, path: place.path };
  const rows = await readRows(context, query, (page) => context.countable.take(page));
  if (rows instanceof SourceError) {
    context.report.fail(source.name, rows, place.path);
    return null;
  }
  return rows.isCut ? cut(context, place, listed) : rows.items;
}

/** All that lies below the parents of a part. */
function withoutFilter<E extends EntityName>(part: ListPart<E>): ListPart<E> {
  return { ...part, where: pickFields(part.where, (field) => field === part.below?.field) };
}

function fitsItself<E extends EntityName>({ entity, where }: ListSubject<E>, object: Entities[E]): boolean {
  const own = pickFields(where, (field) => subjectOf(entity, field) === 'self');
  return matches(entity, object, own) === true;
}

function countedFields<E extends EntityName>({ subject, needsStatuses }: CountQuestion<E>): FieldSet {
  return fieldSet(subject.entity, needsStatuses ? ['status'] : [], fieldsRead(subject.entity, subject.where));
}

/** Where a list gives the newest version of each issue, only copies of the newest that is known count. */
function newestOnly<E extends EntityName>(
  { entity, allVersions }: ListSubject<E>,
  copies: readonly Held<E>[],
): readonly Held<E>[] {
  if (entity !== 'issue' || allVersions) return copies;
  const versionOf = ({ object }: Held<E>) => ('version' in object ? object.version : 0);
  const newest = Math.max(...copies.map(versionOf));
  return copies.filter((copy) => versionOf(copy) === newest);
}

function byPriority<E extends EntityName>({ sources }: ListPlan<E>, copies: readonly Held<E>[]): readonly Held<E>[] {
  return sources.flatMap(({ source }) => copies.filter((copy) => copy.source === source));
}

/** The status that is shown of an object: of its copies, by priority here, the first that has one as they merge. */
function statusIn(copies: readonly { readonly object: Entities[EntityName] }[]): Status | null {
  for (const { object } of ownersFirst(copies, (copy) => copy.object))
    if ('status' in object && object.status !== null) return object.status;
  return null;
}

function addStatus(counts: StatusCounts, status: Status | null, times: 1 | -1): StatusCounts {
  const one = countStatuses([status]);
  if (times === 1) return addCounts(counts, one);
  const less: StatusCounts = {
    pass: counts.pass - one.pass,
    fail: counts.fail - one.fail,
    error: counts.error - one.error,
    miss: counts.miss - one.miss,
    done: counts.done - one.done,
    skip: counts.skip - one.skip,
    none: counts.none - one.none,
    total: counts.total - one.total,
  };
  return less;
}

function cut<E extends EntityName>(context: RequestContext, place: ListPlace, { source }: ListedSource<E>): null {
  const message = 'There are too many objects here to count those that lie in several sources once.';
  context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), place.path);
  return null;
}

/** Failed, or the source does not count such a list. */
export type Counted = StatusCounts | 'failed' | 'uncountable';

/** What a source counts of a list by itself. Its failure is reported. */
export async function countInSource<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  { source, countParts }: ListedSource<E>,
): Promise<Counted> {
  if (countParts === null || !countParts.every((part) => isCounted(source, subject, part))) return 'uncountable';
  const answers = await Promise.all(
    countParts.map(({ relation, parent, where }) => {
      const asked = { entity: subject.entity, relation, where, allVersions: subject.allVersions };
      return context.loaders.counts(source, asked).load({ key: parent, path: place.path });
    }),
  );
  let sum = NO_COUNTS;
  for (const counts of answers) {
    if (counts instanceof SourceError) {
      context.report.fail(source.name, counts, place.path);
      return 'failed';
    }
    sum = addCounts(sum, counts);
  }
  return sum;
}

function isCounted<E extends EntityName>(
  source: Source,
  { entity, scope }: ListSubject<E>,
  { relation, where }: ListPart<E>,
): boolean {
  // A count by relation knows no versions; it counts what the relation gives.
  const asked = relation === null ? entitySource(source, entity) : relationSource<E>(source, relation);
  if (asked?.count?.precision !== 'exact') return false;
  const { residual, graph } = splitFilter(scope, source, entity, asked.count.filters, where);
  return residual === null && graph === null;
}
