import { SourceError } from '../../adapters/errors.ts';
import { Budget, MAX_PAGE_REQUESTS } from './budget.ts';
import { clientError, quoted } from './client-error.ts';
import { fieldSet } from './field-set.ts';
import { mergeSource } from './list-page.ts';
import { planLists } from './list-plan.ts';
import type { ListedSource, ListSubject } from './list-subject.ts';
import type { RequestContext } from './request-context.ts';
import type { Scope } from './scope.ts';

const PAGE = 500;
const MAX_PAGES = 4;
/** As many commits as the error names. */
const MAX_NAMED = 5;

/**
 * The one commit that begins so, of all checkouts; null where there is none.
 * @throws {GraphQLError} BAD_USER_INPUT where there are several
 */
export async function commitOfPrefix(
  context: RequestContext,
  scope: Scope,
  prefix: string,
  path: readonly (string | number)[],
): Promise<string | null> {
  const where = { gitCommitHash: { prefix } };
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
  const hashes = new Set<string>();
  await Promise.all(sources.map((listed) => collect(listed)));
  if (hashes.size <= 1) return [...hashes][0] ?? null;
  const named = [...hashes].sort().slice(0, MAX_NAMED).join(', ');
  const more = hashes.size > MAX_NAMED ? ' and others' : '';
  throw clientError(
    'BAD_USER_INPUT',
    `Several commits begin with ${quoted(prefix)}: ${named}${more}. Give more digits.`,
  );

  async function collect(listed: ListedSource<'checkout'>): Promise<void> {
    const fields = fieldSet('checkout', ['gitCommitHash']);
    const source = mergeSource(context, subject, place, listed, fields, new Budget(MAX_PAGE_REQUESTS));
    let after = null;
    for (let round = 0; round < MAX_PAGES && hashes.size <= MAX_NAMED; round += 1) {
      const page = await source.read(PAGE, after);
      if (page === null) return;
      for (const { object, fits } of page.rows)
        if (fits && object.gitCommitHash) hashes.add(object.gitCommitHash.toLowerCase());
      const last = page.rows.at(-1);
      if (!page.hasMore || last === undefined) return;
      const { time, tie, mark } = last;
      after = mark === undefined ? { time, tie } : { time, tie, mark };
    }
    if (hashes.size > MAX_NAMED) return;
    const message = 'There are too many checkouts of commits that begin so to tell whether it is one commit.';
    context.report.add(listed.source.name, new SourceError('SOURCE_TRUNCATED', message), path);
  }
}
