import type { VersionChange } from './rule-types.ts';

/** 3.0: the origin is a field of its own again, and a revision is named by its commit and its patchset. */
export const VERSION_3_0: VersionChange = {
  major: 3,
  minor: 0,
  values: {
    origin: {
      type: 'string',
      pattern: '^[a-z0-9_]+$',
      says: 'the name of a CI system: lower-case letters, digits and underscores',
    },
    // Only a line feed is shut out: a dot would also shut out carriage returns and line separators here, not in Python.
    id: {
      type: 'string',
      pattern: '^[a-z0-9_]+:[^\\n]*$',
      says: 'an id on one line, which starts with its origin and a colon',
    },
    revisionId: {
      type: 'string',
      pattern: '^[0-9a-f]{40}(\\+[0-9a-f]{64})?$',
      says: 'the 40 lower-case hexadecimal digits of a commit, and with patches a "+" and the 64 of the patchset hash',
    },
    commit: {
      type: 'string',
      pattern: '^[0-9a-f]{40}$',
      says: 'a full commit hash: 40 lower-case hexadecimal digits',
    },
    repositoryUrl: {
      type: 'string',
      format: 'uri',
      pattern: '^(https|git)://',
      says: 'the https:// or git:// URL of a Git repository',
    },
  },
  objects: {
    revision: {
      id: 'revisionId*',
      origin: 'origin*',
      tree_name: 'text',
      git_repository_url: 'repositoryUrl',
      git_repository_commit_hash: null,
      git_repository_commit_name: null,
      git_commit_hash: 'commit',
      git_commit_name: 'text',
    },
    build: { revision_id: 'revisionId*', origin: 'origin*' },
    test: { origin: 'origin*' },
  },
};
