import type { Document } from 'bson';
import type { Filter } from 'mongodb';
import type { HashFilter } from '../../filter.ts';

/** The fields in which nodes name their commit, the second until December 2023. */
const COMMIT_FIELDS = ['data.kernel_revision.commit', 'revision.commit'] as const;

/** Commits that are asked for: by their whole hashes, or by the beginning of one. */
export type Commits =
  | { readonly hashes: readonly string[]; readonly prefix?: never }
  | { readonly prefix: string; readonly hashes?: never };

/** What a filter asks for; null where nothing can fit it. */
export function commitsOf(filter: HashFilter): Commits | null {
  const prefix = filter.prefix?.toLowerCase() ?? '';
  if (!/^[0-9a-f]{0,40}$/.test(prefix)) return null;
  if (filter.in === undefined) return { prefix };
  const hashes = wholeHashes(filter.in).filter((hash) => hash.startsWith(prefix));
  return hashes.length === 0 ? null : { hashes };
}

/** Those that a commit can have, in lower case, each once. */
export function wholeHashes(hashes: readonly string[]): readonly string[] {
  const lower = hashes.map((hash) => hash.toLowerCase()).filter((hash) => /^[0-9a-f]{40}$/.test(hash));
  return [...new Set(lower)];
}

/** The nodes that name such a commit. */
export function namingCommits(
  { hashes, prefix }: Commits,
  fields: readonly string[] = COMMIT_FIELDS,
): Filter<Document> {
  const condition = hashes === undefined ? { $regex: `^${prefix}` } : { $in: [...hashes] };
  return { $or: fields.map((field) => ({ [field]: condition })) };
}
