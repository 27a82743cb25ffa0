import { setImmediate as turn } from 'node:timers/promises';
import { type Call, type Entities, type EntityName, type RelationName, SourceError } from '../kit/author.ts';
import type { LearntEntry } from '../kit/background-index.ts';
import type { KnownBugs } from './bug-cache.ts';
import type { BugIndex } from './bug-index.ts';
import { parseIssueKey } from './ids.ts';
import type { ListedBugs } from './listed-bugs.ts';

type Entry = LearntEntry<Entities[EntityName]>;

/** What hangs on one parent. */
export interface Children {
  readonly entries: readonly Entry[];
  /** Why not all could be asked for. */
  readonly fault: SourceError | null;
  /** More are known to be there than were asked for by now. */
  readonly isCut: boolean;
}

export interface ChildrenParts {
  readonly index: BugIndex;
  readonly bugs: KnownBugs;
  readonly listed: ListedBugs | null;
  readonly call: Call;
}

/** Relations that the index alone answers: the kind below, and the space in which it is found by its parent. */
const INDEXED: { readonly [R in RelationName]?: readonly [kind: EntityName, space: string] } = {
  buildsOfCheckout: ['build', 'checkout'],
  testsOfBuild: ['test', 'build'],
  incidentsOfBuild: ['incident', 'build'],
  incidentsOfTest: ['incident', 'test'],
  checkoutsOfRevision: ['checkout', 'commit'],
};
const PORTION = 100;

/** The children of each parent that has any. */
export async function childrenOf(
  parts: ChildrenParts,
  relation: RelationName,
  parents: readonly string[],
): Promise<ReadonlyMap<string, Children>> {
  const indexed = INDEXED[relation];
  const found = new Map<string, Children>();
  for (const [at, parent] of parents.entries()) {
    const children =
      indexed === undefined ? await asked(parts, relation, parent) : all(fromIndex(parts.index, indexed, parent));
    if (children.entries.length > 0 || children.fault !== null || children.isCut) found.set(parent, children);
    if (at % PORTION === PORTION - 1) await turn();
  }
  return found;
}

function fromIndex(index: BugIndex, [kind, space]: readonly [EntityName, string], parent: string): readonly Entry[] {
  const name = space === 'commit' ? commitOf(parent) : parent;
  return name === null ? [] : (index.entries.find(space, [name], kind).get(name) ?? []);
}

async function asked(parts: ChildrenParts, relation: RelationName, parent: string): Promise<Children> {
  if (relation === 'issuesOfRevision') return issuesOf(parts, parent);
  if (relation !== 'incidentsOfIssue' && relation !== 'versionsOfIssue') {
    throw new SourceError('SOURCE_UNSUPPORTED', `This source does not know the relation ${relation}.`);
  }
  const key = parseIssueKey(parent);
  if (key === null) return all([]);
  try {
    const bug = await parts.bugs.get(key.name, parts.call);
    if (bug === null || (key.version ?? bug.issue.version) !== bug.issue.version) return all([]);
    const { entries } = parts.index;
    if (relation === 'versionsOfIssue') return all([...entries.get([bug.issue.id], 'issue').values()]);
    return all(entries.find('issue', [bug.issue.id], 'incident').get(bug.issue.id) ?? []);
  } catch (error) {
    if (error instanceof SourceError) return { entries: [], fault: error, isCut: false };
    throw error;
  }
}

/**
 * The bugs that a commit fixes or causes. A fix stands in the lists too, so that such a bug is read before its turn: one
 * for each commit, which is all that one request may cost.
 */
async function issuesOf({ index, bugs, listed, call }: ChildrenParts, parent: string): Promise<Children> {
  const commit = commitOf(parent);
  if (commit === null) return all([]);
  const known = () => index.entries.find('named', [commit], 'issue').get(commit) ?? [];
  await bugs.await(() => known().length > 0 || (listed?.fixedBy(commit).length ?? 0) > 0, call);
  const unknown = (listed?.fixedBy(commit) ?? []).filter((name) => index.find(name) === null);
  const [first, ...others] = unknown;
  if (first === undefined) return all(known());
  try {
    await bugs.get(first, call);
    return { entries: known(), fault: null, isCut: others.length > 0 };
  } catch (error) {
    if (error instanceof SourceError) return { entries: known(), fault: error, isCut: true };
    throw error;
  }
}

function all(entries: readonly Entry[]): Children {
  return { entries, fault: null, isCut: false };
}

/** Syzbot tests what is in a repository: with patches on top there is nothing. */
function commitOf(revision: string): string | null {
  const [hash = '', patchset = ''] = revision.toLowerCase().split('+');
  return /^[0-9a-f]{40}$/.test(hash) && patchset === '' ? hash : null;
}
