import type { Issue, Json } from './model.ts';

const NAMING_COMMITS = ['fix-commits', 'fix_commits', 'cause-commit', 'cause_commit'] as const;

/** The commits that an issue names in `misc` as its cause or its fix, in lower case: what `issuesOfRevision` goes by. */
export function namedCommits({ misc }: Pick<Issue, 'misc'>): ReadonlySet<string> {
  const named: readonly Json[] = NAMING_COMMITS.flatMap((key) => misc?.[key] ?? []);
  const hashes = named.flatMap((commit) => {
    const hash = typeof commit === 'object' && commit !== null && 'hash' in commit ? commit.hash : commit;
    return typeof hash === 'string' ? [hash.toLowerCase()] : [];
  });
  return new Set(hashes);
}

/** The origin that an id names: what stands before its first colon. */
export function ownerOf(id: string): string {
  const colon = id.indexOf(':');
  return colon === -1 ? id : id.slice(0, colon);
}
