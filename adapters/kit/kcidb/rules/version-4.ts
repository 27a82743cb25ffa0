import type { VersionChange } from './rule-types.ts';

/** 4.0: checkouts take the place of revisions, and logs get an excerpt. */
const VERSION_4_0: VersionChange = {
  major: 4,
  minor: 0,
  values: {
    revisionId: null,
    patchset: {
      type: 'string',
      pattern: '^$|^[0-9a-f]{64}$',
      says: 'a patchset hash: 64 lower-case hexadecimal digits, or the empty string where there are no patches',
    },
    excerpt: { type: 'string', maxLength: 16384, says: 'a string of at most 16384 characters' },
  },
  objects: {
    revision: null,
    checkout: {
      id: 'id*',
      origin: 'origin*',
      tree_name: 'text',
      git_repository_url: 'repositoryUrl',
      git_commit_hash: 'commit',
      git_commit_name: 'text',
      git_repository_branch: 'text',
      patchset_files: 'resource[]',
      patchset_hash: 'patchset',
      message_id: 'email',
      comment: 'text',
      start_time: 'time',
      contacts: 'text[]',
      log_url: 'uri',
      log_excerpt: 'excerpt',
      valid: 'boolean',
      misc: 'misc',
    },
    build: { revision_id: null, checkout_id: 'id*', description: null, comment: 'text', log_excerpt: 'excerpt' },
    environment: { description: null, comment: 'text' },
    test: { description: null, comment: 'text', log_url: 'uri', log_excerpt: 'excerpt' },
  },
  lists: { revisions: null, checkouts: 'checkout' },
};

/** 4.1: issues and incidents. */
const VERSION_4_1: VersionChange = {
  major: 4,
  minor: 1,
  values: { issueVersion: { type: 'integer', minimum: 0, says: 'a whole number, 0 or more' } },
  objects: {
    culprit: { code: 'boolean', tool: 'boolean', harness: 'boolean' },
    issue: {
      id: 'id*',
      version: 'issueVersion*',
      origin: 'origin*',
      report_url: 'uri',
      report_subject: 'text',
      culprit: 'culprit',
      build_valid: 'boolean',
      test_status: 'status',
      comment: 'text',
      misc: 'misc',
    },
    incident: {
      id: 'id*',
      origin: 'origin*',
      issue_id: 'id*',
      issue_version: 'issueVersion*',
      build_id: 'id',
      test_id: 'id',
      present: 'boolean',
      comment: 'text',
      misc: 'misc',
    },
  },
  lists: { issues: 'issue', incidents: 'incident' },
};

/** 4.2: a test that never ran, because its harness failed, is a MISS. */
const VERSION_4_2: VersionChange = {
  major: 4,
  minor: 2,
  values: { status: { type: 'string', values: ['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP'], says: 'a status' } },
};

/** 4.3: the time of the last change, as metadata. */
const VERSION_4_3: VersionChange = {
  major: 4,
  minor: 3,
  objects: {
    checkout: { _timestamp: 'time' },
    build: { _timestamp: 'time' },
    test: { _timestamp: 'time' },
    issue: { _timestamp: 'time' },
    incident: { _timestamp: 'time' },
  },
};

/** 4.4: measurements, and the device that a test ran on. */
const VERSION_4_4: VersionChange = {
  major: 4,
  minor: 4,
  values: {
    prefix: { type: 'string', values: ['metric', 'binary'], says: 'the kind of unit prefix' },
    // The reference writes a list at commas, but its part between commas may hold commas: the same strings, slowly.
    compatible: { type: 'string', pattern: '^[^ ]+$', says: 'a devicetree "compatible" string, without spaces' },
  },
  objects: {
    environment: { compatible: 'compatible[]' },
    measurement: { value: 'number*', unit: 'text', prefix: 'prefix' },
    test: { number: 'measurement' },
  },
};

/** 4.5: more of the commit. */
const VERSION_4_5: VersionChange = {
  major: 4,
  minor: 5,
  objects: {
    checkout: { git_commit_tags: 'text[]', git_commit_message: 'text', git_repository_branch_tip: 'boolean' },
  },
};

export const VERSIONS_4: readonly VersionChange[] = [
  VERSION_4_0,
  VERSION_4_1,
  VERSION_4_2,
  VERSION_4_3,
  VERSION_4_4,
  VERSION_4_5,
];
