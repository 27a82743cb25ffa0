import type { Order, Page, Place } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import type { Checkout } from '../../adapters/model.ts';
import { fieldSet } from './field-set.ts';
import { nodeId, type RevisionId, revisionKey } from './identity.ts';
import type { Asked } from './loader.ts';
import { type Copy, mergeObjects } from './merge-objects.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import { SCOPE, type Scope, type Scoped } from './scope.ts';
import { canHoldBelow, entitySource, relationSource } from './select-sources.ts';
import { placeOf } from './source-reader.ts';
import { reportUnable, type UnableSource } from './unsupported.ts';

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
