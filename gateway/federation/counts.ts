import type { Place } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import { ownersFirst } from '../../adapters/kit/fill-gaps.ts';
import type { Entities, EntityName, Status, StatusCounts } from '../../adapters/model.ts';
import { Budget, MAX_PAGE_REQUESTS } from './budget.ts';
import { countInSource } from './count-in-source.ts';
import { fieldSet } from './field-set.ts';
import { mergeSource } from './list-page.ts';
import type { ListedSource, ListPlace, ListSubject } from './list-subject.ts';
import type { Listed } from './listed-sources.ts';
import type { MergeRow } from './merge-pages.ts';
import { mergedStatuses } from './merged-statuses.ts';
import type { RequestContext } from './request-context.ts';
import { entityCapability, keysExclude } from './select-sources.ts';
import { fieldsRead } from './source-filter.ts';
import { placeOf } from './source-reader.ts';
import { addCounts, countStatuses, NO_COUNTS } from './verdict.ts';

/** Children read for one count, and over a whole request. */
const MAX_READ = 2_000;
const MAX_READ_A_REQUEST = 20_000;

const budgets = new WeakMap<object, Budget>();

/**
 * How many objects a list holds on all its pages, by status; null where that cannot be told exactly.
 *
 * Sources that count are asked. Where two have some, an object may lie in both: then ids and statuses are read, merged
 * and counted, within bounds.
 */
export async function countList<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  { sources: listed, isUnanswerable, isPartial }: Listed<E>,
  needsStatuses: boolean,
): Promise<StatusCounts | null> {
  if (isPartial) return null;
  if (listed.length === 0) return isUnanswerable ? null : NO_COUNTS;
  const bySource = await Promise.all(listed.map((one) => countInSource(context, subject, place, one)));
  if (bySource.includes('failed')) return null;
  const known = bySource.filter((counts) => typeof counts === 'object');
  const filled = known.filter((counts) => counts.total > 0);
  const areApart = keysExclude(listed.map(({ source }) => entityCapability(source, subject.entity)?.keys));
  const readsCopies = listed.length > 1 && !areApart && dependsOnOthers(subject, needsStatuses);
  if (known.length === listed.length) {
    const isSum = areApart || filled.length === 0 || (filled.length === 1 && !readsCopies);
    if (isSum) return filled.reduce(addCounts, NO_COUNTS);
  }
  const tooMany = listed.find((_, index) => {
    const counts = bySource[index];
    return typeof counts === 'object' && counts.total > MAX_READ;
  });
  if (tooMany !== undefined) return cut(context, place, tooMany);
  return await countIdentities(context, subject, place, listed, { needsStatuses, readsCopies });
}

/**
 * A copy that does not fit the filter decides all the same: it may have the status that is shown, or be the newer version
 * of an issue.
 */
function dependsOnOthers<E extends EntityName>(subject: ListSubject<E>, needsStatuses: boolean): boolean {
  const isNewestOnly = subject.entity === 'issue' && !subject.allVersions;
  return subject.where !== null && (needsStatuses || isNewestOnly);
}

async function countIdentities<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  listed: readonly ListedSource<E>[],
  { needsStatuses, readsCopies }: { readonly needsStatuses: boolean; readonly readsCopies: boolean },
): Promise<StatusCounts | null> {
  let budget = budgets.get(context);
  if (budget === undefined) {
    budget = new Budget(MAX_READ_A_REQUEST);
    budgets.set(context, budget);
  }
  const shared = budget;
  const read = await Promise.all(listed.map((one) => readWhole(context, subject, place, one, needsStatuses, shared)));
  const rows = read.filter((some) => some !== null);
  if (rows.length < read.length) return null;
  const fields = fieldSet(subject.entity, needsStatuses ? ['status'] : []);
  const statuses = readsCopies
    ? await mergedStatuses({ context, subject, place, listed, rows, fields })
    : statusesOf(rows.flat());
  if (statuses === 'failed') return null;
  if (statuses === 'too many') return cut(context, place, listed[0]!);
  return statuses.size > MAX_READ ? cut(context, place, listed[0]!) : countStatuses(statuses.values());
}

/** By identity, as the rows merge; they are by priority. */
function statusesOf(rows: readonly MergeRow<Entities[EntityName]>[]): ReadonlyMap<string, Status | null> {
  const statuses = new Map<string, Status | null>();
  for (const { identity, object } of ownersFirst(rows, (row) => row.object)) {
    const status: Status | null = 'status' in object ? object.status : null;
    statuses.set(identity, statuses.get(identity) ?? status);
  }
  return statuses;
}

/** All rows that fit; null where they are too many or cannot be had. */
async function readWhole<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  listed: ListedSource<E>,
  needsStatuses: boolean,
  budget: Budget,
) {
  const more = fieldsRead(subject.entity, subject.where);
  const fields = fieldSet(subject.entity, needsStatuses ? ['status'] : [], more);
  const source = mergeSource(context, subject, place, listed, fields, new Budget(MAX_PAGE_REQUESTS));
  const rows: MergeRow<Entities[E]>[] = [];
  let seen = 0;
  let after: Place | null = null;
  for (;;) {
    const page = await source.read(MAX_READ + 1 - seen, after);
    if (page === null) return null;
    seen += page.rows.length;
    if (page.isCut === true || seen > MAX_READ || !budget.take(page.rows.length)) return cut(context, place, listed);
    for (const row of page.rows) if (row.fits) rows.push(row);
    const last = page.rows.at(-1);
    if (!page.hasMore) return rows;
    if (last === undefined) return cut(context, place, listed);
    after = placeOf(last);
  }
}

function cut<E extends EntityName>(context: RequestContext, place: ListPlace, { source }: ListedSource<E>): null {
  const message = 'There are too many objects here to count those that lie in several sources once.';
  context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), place.path);
  return null;
}
