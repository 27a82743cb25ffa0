import { SourceError } from '../../adapters/errors.ts';
import type { CheckoutFilter, HashFilter } from '../../adapters/filter.ts';
import { Budget, MAX_PAGE_REQUESTS } from './budget.ts';
import { clientError, quoted } from './client-error.ts';
import { fieldSet } from './field-set.ts';
import { revisionOf } from './identity.ts';
import { mergeSource } from './list-page.ts';
import { planLists } from './list-plan.ts';
import type { ListedSource, ListSubject } from './list-subject.ts';
import type { RequestContext } from './request-context.ts';
import type { Scope } from './scope.ts';

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
