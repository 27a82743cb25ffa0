import type { Order, Page, Place } from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';
import type { CheckoutFilter, HashFilter } from '../../adapters/contract/filter.ts';
import type { Checkout } from '../../adapters/contract/model.ts';
import { fieldSet } from './field-set.ts';
import { nodeId, type RevisionId, revisionKey, revisionOf } from './identity.ts';
import { mergeSource, placeOf } from './list/list.ts';
import { planLists } from './list/plan.ts';
import { type ListedSource, type ListSubject, reportUnable, type UnableSource } from './list/query.ts';
import type { Asked } from './loaders.ts';
import { type Copy, mergeObjects } from './merge.ts';
import type { Source } from './registry.ts';
import { Budget, MAX_PAGE_REQUESTS, type RequestContext, SCOPE, type Scope, type Scoped } from './request.ts';
import { canHoldBelow, entitySource, relationSource } from './source-plan.ts';
import { clientError, quoted } from './source-report.ts';

/** A revision in the shape of the schema. It is made of what sources say of it. */
export interface ShownRevision extends RevisionId, Scoped {
  readonly __typename: 'Revision';
  readonly nodeId: string;
  readonly gitCommitName: string | null;
  /** When its first and its last checkout began; null also where it is not selected. */
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly sources: readonly string[];
}

export interface RevisionAsked {
  readonly id: RevisionId;
  readonly path: readonly (string | number)[];
}

export interface RevisionLookup {
  readonly scope: Scope;
  /** The fields that are selected. */
  readonly selected: ReadonlySet<string>;
  /** Whether it is known already that the revisions are there. */
  readonly isKnown: boolean;
}

const RELATION = 'checkoutsOfRevision';
/** Checkouts of one revision that are looked through for a name. */
const NAMES_READ = 20;
/** Checkouts of one revision in one source that are looked through for the first of all. */
const MAX_TIMES_READ = 2_000;

/** What of the checkouts a revision is made of, by what is selected. */
interface Needs {
  readonly name: boolean;
  readonly first: boolean;
  readonly last: boolean;
}

/** Revisions by commit and patches, over all sources; null where nobody knows one. Only what is selected is asked. */
export async function joinRevisions(
  context: RequestContext,
  lookup: RevisionLookup,
  asked: readonly (RevisionAsked | null)[],
): Promise<readonly (ShownRevision | null)[]> {
  return await Promise.all(asked.map((one) => (one === null ? null : joinRevision(context, lookup, one))));
}

async function joinRevision(
  context: RequestContext,
  { scope, selected, isKnown }: RevisionLookup,
  { id, path }: RevisionAsked,
): Promise<ShownRevision | null> {
  const asked = { key: revisionKey(id), path };
  const needs = {
    name: selected.has('gitCommitName'),
    first: selected.has('firstSeen'),
    last: selected.has('lastSeen'),
  };
  const needsSources = selected.has('sources');
  const needsCheckouts = needs.name || needs.first || needs.last || needsSources || !isKnown;
  const checkouts = needsCheckouts ? await checkoutsOf(context, scope, asked, needs) : NO_CHECKOUTS;
  const having = new Set(checkouts.keys());
  // An issue names a commit, never patches on top of it.
  if (id.patchsetHash === '' && (needsSources || (!isKnown && having.size === 0))) {
    for (const source of await namedBy(context, scope, asked, having)) having.add(source);
  }
  if (!isKnown && having.size === 0) return null;
  const copies = [...checkouts.values()].flat();
  const named = copies.find(({ object }) => object.gitCommitName !== null);
  const times = needs.first || needs.last ? startTimes(copies, scope) : [];
  return {
    ...id,
    __typename: 'Revision',
    nodeId: nodeId('Revision', asked.key),
    gitCommitName: named?.object.gitCommitName ?? null,
    firstSeen: (needs.first ? times[0] : null) ?? null,
    lastSeen: (needs.last ? times.at(-1) : null) ?? null,
    sources: scope.sources.filter((source) => having.has(source)).map((source) => source.name),
    [SCOPE]: scope,
  };
}

const NO_CHECKOUTS: ReadonlyMap<Source, readonly Copy<Checkout>[]> = new Map();
const TIME_FIELDS = fieldSet('checkout', ['startTime']);

/** Some checkouts of a revision by source, by priority; sources without any are left out. */
async function checkoutsOf(
  context: RequestContext,
  scope: Scope,
  asked: Asked,
  needs: Needs,
): Promise<ReadonlyMap<Source, readonly Copy<Checkout>[]>> {
  const able: Source[] = [];
  const unable: UnableSource[] = [];
  for (const source of scope.sources) {
    if (entitySource(source, 'checkout') === undefined) context.report.skipped.add(source.name);
    else if (!canHoldBelow(source, RELATION, asked.key)) continue;
    else if (relationSource(source, RELATION)?.list?.order.includes('NEWEST')) able.push(source);
    else unable.push([source, 'cannot look checkouts up by their commit']);
  }
  reportUnable(context, scope, unable, able.length > 0, asked.path);
  const found = new Map<Source, readonly Copy<Checkout>[]>();
  const read = await Promise.all(able.map((source) => checkoutsIn(context, source, asked, needs)));
  read.forEach((copies, index) => {
    if (copies.length > 0) found.set(able[index]!, copies);
  });
  return found;
}

/** Checkouts in one source, the newest first; all of them where the first is wanted. Its failure is reported. */
async function checkoutsIn(
  context: RequestContext,
  source: Source,
  asked: Asked,
  needs: Needs,
): Promise<readonly Copy<Checkout>[]> {
  const { maxPage = 1, order: orders = [] } = relationSource(source, RELATION)?.list ?? {};
  const fields = fieldSet('checkout', [
    ...(needs.name ? ['gitCommitName'] : []),
    ...(needs.first || needs.last ? ['startTime'] : []),
  ]);
  const size = Math.min(maxPage, needs.first ? MAX_TIMES_READ : needs.name ? NAMES_READ : 1);
  const load = async (order: Order, first: number, after: Place | null): Promise<Page<Checkout> | null> => {
    const query = { where: null, order, first, after };
    const page = await context.loaders.pages<'checkout'>(source, RELATION, query, fields).load(asked);
    if (!(page instanceof SourceError)) return page;
    context.report.fail(source.name, page, asked.path);
    return null;
  };
  const copies: Copy<Checkout>[] = [];
  let after: Place | null = null;
  for (;;) {
    const page: Page<Checkout> | null = await load('NEWEST', size, after);
    if (page === null) return copies;
    for (const { object, time } of page.items) copies.push({ source, object, time });
    const last = page.items.at(-1);
    if (!needs.first || !page.hasMore || last === undefined) return copies;
    if (orders.includes('OLDEST')) {
      const oldest = await load('OLDEST', 1, null);
      for (const { object, time } of oldest?.items ?? []) copies.push({ source, object, time });
      return copies;
    }
    if (copies.length >= MAX_TIMES_READ) {
      const message = `There are more than ${MAX_TIMES_READ} checkouts of this commit: the first of them may be older.`;
      context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), asked.path);
      return copies;
    }
    after = placeOf(last);
  }
}

/** When checkouts began, each as it is shown, in order. */
function startTimes(copies: readonly Copy<Checkout>[], scope: Scope): readonly string[] {
  const checkouts = Map.groupBy(copies, ({ object }) => object.id).values();
  const times = checkouts.map((same) => mergeObjects('checkout', same, TIME_FIELDS, scope).startTime);
  return [...times].filter((time) => time !== null).sort();
}

/** The sources in which an issue names the commit, of those that are not known to have it. */
async function namedBy(
  context: RequestContext,
  scope: Scope,
  asked: Asked,
  having: ReadonlySet<Source>,
): Promise<readonly Source[]> {
  const able: Source[] = [];
  const unable: UnableSource[] = [];
  for (const source of scope.sources) {
    const capability = relationSource(source, 'issuesOfRevision')?.list;
    const mayHave = entitySource(source, 'issue') !== undefined && canHoldBelow(source, 'issuesOfRevision', asked.key);
    if (having.has(source) || !mayHave) continue;
    if (capability?.order.includes('NEWEST')) able.push(source);
    else unable.push([source, 'cannot list issues by the commit that they name']);
  }
  reportUnable(context, scope, unable, able.length > 0, asked.path);
  const query = { where: null, order: 'NEWEST', first: 1, after: null } as const;
  const pages = await Promise.all(
    able.map((source) =>
      context.loaders.pages<'issue'>(source, 'issuesOfRevision', query, fieldSet('issue', [])).load(asked),
    ),
  );
  return able.filter((source, index) => {
    const page = pages[index];
    if (!(page instanceof SourceError)) return page !== undefined && page.items.length > 0;
    context.report.fail(source.name, page, asked.path);
    return false;
  });
}

const PAGE = 500;
const MAX_PAGES = 4;
/** As many commits as the error names. */
const MAX_NAMED = 5;

/** Commits, and the patches on top with which each is known; empty for none. */
type Patchsets = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The one commit that begins so, of all checkouts, or of those with certain patches; null where there is none.
 * @throws {GraphQLError} BAD_USER_INPUT where there are several
 */
export async function commitOfPrefix(
  context: RequestContext,
  scope: Scope,
  prefix: string,
  patchsetHash: string,
  path: readonly (string | number)[],
): Promise<string | null> {
  const patchset = patchsetHash === '' ? {} : { patchsetHash: { in: [patchsetHash] } };
  const commits = await commitsWhere(context, scope, { gitCommitHash: { prefix }, ...patchset }, path);
  if (commits.size <= 1) return [...commits.keys()][0] ?? null;
  const named = firstOf(commits.keys());
  throw clientError('BAD_USER_INPUT', `Several commits begin with ${quoted(prefix)}: ${named}. Give more digits.`);
}

/**
 * Passes where a commit that is not known by itself is not known with patches either.
 * @throws {GraphQLError} BAD_USER_INPUT that names the patches
 */
export async function refuseWithoutPatches(
  context: RequestContext,
  scope: Scope,
  gitCommitHash: string,
  path: readonly (string | number)[],
): Promise<void> {
  const commits = await commitsWhere(context, scope, { gitCommitHash: { in: [gitCommitHash] } }, path);
  const patchsets = commits.get(gitCommitHash);
  if (patchsets === undefined || patchsets.has('')) return;
  const message = `The commit ${quoted(gitCommitHash)} is known only with patches on top: give "patchsetHash" too, one of ${firstOf(patchsets)}.`;
  throw clientError('BAD_USER_INPUT', message);
}

function firstOf(hashes: Iterable<string>): string {
  const all = [...hashes].sort();
  return all.slice(0, MAX_NAMED).join(', ') + (all.length > MAX_NAMED ? ' and others' : '');
}

/** Some commits of checkouts that fit, with their patches: once more than an error names are known, no more are sought. */
async function commitsWhere(
  context: RequestContext,
  scope: Scope,
  where: CheckoutFilter & { readonly gitCommitHash: HashFilter },
  path: readonly (string | number)[],
): Promise<Patchsets> {
  const subject: ListSubject<'checkout'> = {
    entity: 'checkout',
    relation: null,
    where,
    order: 'NEWEST',
    allVersions: false,
    scope,
  };
  const place = { parent: '', path };
  const [plan] = await planLists(context, subject, [place]);
  const sources = plan?.sources ?? [];
  const commits = new Map<string, Set<string>>();
  await Promise.all(sources.map((listed) => collect(listed)));
  return commits;

  function isEnough(): boolean {
    if (commits.size > MAX_NAMED) return true;
    // With one commit asked for, what matters is whether it is known without patches.
    return where.gitCommitHash.in !== undefined && commits.values().some((patchsets) => patchsets.has(''));
  }

  async function collect(listed: ListedSource<'checkout'>): Promise<void> {
    const fields = fieldSet('checkout', ['gitCommitHash', 'patchsetHash']);
    const source = mergeSource(context, subject, place, listed, fields, new Budget(MAX_PAGE_REQUESTS));
    let after = null;
    for (let round = 0; round < MAX_PAGES && !isEnough(); round += 1) {
      const page = await source.read(PAGE, after);
      if (page === null) return;
      for (const { object, fits } of page.rows) {
        const revision = fits ? revisionOf(object) : null;
        if (revision === null) continue;
        const patchsets = commits.get(revision.gitCommitHash) ?? new Set();
        commits.set(revision.gitCommitHash, patchsets.add(revision.patchsetHash));
      }
      const last = page.rows.at(-1);
      if (!page.hasMore || last === undefined) return;
      const { time, tie, mark } = last;
      after = mark === undefined ? { time, tie } : { time, tie, mark };
    }
    if (isEnough()) return;
    const message = 'There are too many checkouts here to tell which commits and patches they are of.';
    context.report.add(listed.source.name, new SourceError('SOURCE_TRUNCATED', message), path);
  }
}
