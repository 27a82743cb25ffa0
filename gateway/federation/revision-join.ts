import { SourceError } from '../../adapters/errors.ts';
import type { Checkout } from '../../adapters/model.ts';
import { fieldSet } from './field-set.ts';
import { nodeId, type RevisionId, revisionKey } from './identity.ts';
import type { Asked } from './loader.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import { SCOPE, type Scope, type Scoped } from './scope.ts';
import { canHoldBelow, entityCapability, relationCapability } from './select-sources.ts';
import { reportUnable, type UnableSource } from './unsupported.ts';

/** A revision in the shape of the schema. It is made of what sources say of it. */
export interface ShownRevision extends RevisionId, Scoped {
  readonly __typename: 'Revision';
  readonly nodeId: string;
  readonly gitCommitName: string | null;
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

/** Checkouts of one revision that are looked through for a name. */
const NAMES_READ = 20;

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
  const needsName = selected.has('gitCommitName');
  const needsSources = selected.has('sources');
  const checkouts =
    needsName || needsSources || !isKnown ? await checkoutsOf(context, scope, asked, needsName) : NO_CHECKOUTS;
  const having = new Set(checkouts.keys());
  // An issue names a commit, never patches on top of it.
  if (id.patchsetHash === '' && (needsSources || (!isKnown && having.size === 0))) {
    for (const source of await namedBy(context, scope, asked, having)) having.add(source);
  }
  if (!isKnown && having.size === 0) return null;
  const named = [...checkouts.values()].flat().find((checkout) => checkout.gitCommitName !== null);
  return {
    ...id,
    __typename: 'Revision',
    nodeId: nodeId('Revision', asked.key),
    gitCommitName: named?.gitCommitName ?? null,
    sources: scope.sources.filter((source) => having.has(source)).map((source) => source.name),
    [SCOPE]: scope,
  };
}

const NO_CHECKOUTS: ReadonlyMap<Source, readonly Checkout[]> = new Map();

/** Some checkouts of a revision by source, by priority; sources without any are left out. */
async function checkoutsOf(
  context: RequestContext,
  scope: Scope,
  asked: Asked,
  needsName: boolean,
): Promise<ReadonlyMap<Source, readonly Checkout[]>> {
  const relation = 'checkoutsOfRevision';
  const able: Source[] = [];
  const unable: UnableSource[] = [];
  for (const source of scope.sources) {
    if (entityCapability(source, 'checkout') === undefined) context.report.skipped.add(source.name);
    else if (!canHoldBelow(source, 'checkout', relation, asked.key)) continue;
    else if (relationCapability(source, relation)?.order.includes('NEWEST')) able.push(source);
    else unable.push([source, 'cannot look checkouts up by their commit']);
  }
  reportUnable(context, scope, unable, able.length > 0, asked.path);
  const fields = fieldSet('checkout', needsName ? ['gitCommitName'] : []);
  const found = new Map<Source, readonly Checkout[]>();
  const pages = await Promise.all(
    able.map((source) => {
      const first = Math.min(relationCapability(source, relation)?.maxPage ?? 1, needsName ? NAMES_READ : 1);
      const query = { where: null, order: 'NEWEST', first, after: null } as const;
      return context.loaders.pages<'checkout'>(source, relation, query, fields).load(asked);
    }),
  );
  pages.forEach((page, index) => {
    const source = able[index]!;
    if (page instanceof SourceError) context.report.fail(source.name, page, asked.path);
    else if (page.items.length > 0)
      found.set(
        source,
        page.items.map(({ object }) => object),
      );
  });
  return found;
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
    const capability = relationCapability(source, 'issuesOfRevision');
    const mayHave =
      entityCapability(source, 'issue') !== undefined && canHoldBelow(source, 'issue', 'issuesOfRevision', asked.key);
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
