import { normaliseUrl } from '../kit/normalise-url.ts';
import type { EntityName } from '../model.ts';

/** A column that can drive a list. */
export interface DrivingColumn {
  readonly field: string;
  readonly column: string;
  /** Indexed by its first 255 characters. */
  readonly isLong?: true;
  /** From what is asked for to what the column holds. */
  readonly form?: (value: string) => string;
}

/** By which columns a list can be driven, the most selective first; behind each of their indexes stand time and id. */
export const NARROW: { readonly [E in EntityName]: readonly DrivingColumn[] } = {
  checkout: [
    { field: 'id', column: 'id' },
    { field: 'gitCommitHash', column: 'git_commit_hash', form: (value) => value.toLowerCase() },
  ],
  build: [
    { field: 'id', column: 'id' },
    { field: 'checkoutId', column: 'checkout_id' },
  ],
  test: [
    { field: 'id', column: 'id' },
    { field: 'buildId', column: 'build_id' },
  ],
  issue: [{ field: 'id', column: 'id' }],
  incident: [
    { field: 'id', column: 'id' },
    { field: 'testId', column: 'test_id' },
    { field: 'buildId', column: 'build_id' },
    { field: 'issueId', column: 'issue_id' },
  ],
};

/** The less selective ones: behind a commit, before trees and origins. */
export const WIDE: { readonly [E in EntityName]: readonly DrivingColumn[] } = {
  checkout: [
    { field: 'treeName', column: 'tree_name', isLong: true },
    { field: 'gitRepositoryUrl', column: 'repository_key', isLong: true, form: normaliseUrl },
    { field: 'gitRepositoryBranch', column: 'git_repository_branch', isLong: true },
  ],
  build: [],
  test: [
    { field: 'path', column: 'path', isLong: true },
    { field: 'platform', column: 'platform', isLong: true },
  ],
  issue: [],
  incident: [],
};
