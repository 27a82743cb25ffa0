import type { FieldRules, VersionChange, VersionRules } from './schema.ts';

/**
 * The base: version 1.1, whose objects are named by an origin and an id of that origin. No rule here forbids a NUL: none
 * is storable in any version, and `storable.ts` finds them all.
 */
export const VERSION_1_1: VersionRules = {
  major: 1,
  minor: 1,
  values: {
    text: { type: 'string', says: 'a string' },
    boolean: { type: 'boolean', says: 'true or false' },
    number: { type: 'number', says: 'a number' },
    misc: { type: 'object', says: 'an object, whose content is free' },
    uri: { type: 'string', format: 'uri', says: 'an absolute URI in ASCII, with everything else percent-encoded' },
    time: {
      type: 'string',
      format: 'date-time',
      says: 'a time as RFC 3339 writes it, with its zone, such as 2026-02-01T12:30:00Z or 2026-02-01T12:30:00+01:00',
    },
    email: { type: 'string', format: 'email', says: 'an address or a message id, with an "@" in it' },
    origin: {
      type: 'string',
      pattern: '^[a-z0-9_]*$',
      says: 'the name of a CI system: lower-case letters, digits and underscores',
    },
    architecture: {
      type: 'string',
      pattern: '^[a-z0-9_]*$',
      says: 'an architecture: lower-case letters, digits and underscores',
    },
    path: {
      type: 'string',
      pattern: '^[.a-zA-Z0-9_-]*$',
      says: 'a dotted path of letters, digits, underscores and hyphens',
    },
    status: { type: 'string', values: ['ERROR', 'FAIL', 'PASS', 'DONE', 'SKIP'], says: 'a status' },
    resourceName: { type: 'string', says: 'a name' },
  },
  objects: {
    resource: { name: 'resourceName*', url: 'uri*' },
    environment: { description: 'text', misc: 'misc' },
    revision: {
      origin: 'origin*',
      origin_id: 'text*',
      git_repository_url: 'uri',
      git_repository_commit_hash: 'text',
      git_repository_commit_name: 'text',
      git_repository_branch: 'text',
      patch_mboxes: 'resource[]',
      message_id: 'email',
      description: 'text',
      publishing_time: 'time',
      discovery_time: 'time',
      contacts: 'text[]',
      log_url: 'uri',
      valid: 'boolean',
      misc: 'misc',
    },
    build: {
      revision_origin: 'origin*',
      revision_origin_id: 'text*',
      origin: 'origin*',
      origin_id: 'text*',
      description: 'text',
      start_time: 'time',
      duration: 'number',
      architecture: 'architecture',
      command: 'text',
      compiler: 'text',
      input_files: 'resource[]',
      output_files: 'resource[]',
      config_name: 'text',
      config_url: 'uri',
      log_url: 'uri',
      valid: 'boolean',
      misc: 'misc',
    },
    test: {
      build_origin: 'origin*',
      build_origin_id: 'text*',
      origin: 'origin*',
      origin_id: 'text*',
      environment: 'environment',
      path: 'path',
      description: 'text',
      status: 'status',
      waived: 'boolean',
      start_time: 'time',
      duration: 'number',
      output_files: 'resource[]',
      misc: 'misc',
    },
  },
  lists: { revisions: 'revision', builds: 'build', tests: 'test' },
};

/** 2.0: one id with its origin in front, and resource names without slashes. */
export const VERSION_2_0: VersionChange = {
  major: 2,
  minor: 0,
  values: {
    id: { type: 'string', pattern: '^[a-z0-9_]+:', says: 'an id, which starts with its origin and a colon' },
    resourceName: { type: 'string', pattern: '^[^/]+$', says: 'a name, not empty and without a slash' },
    origin: null,
  },
  objects: {
    revision: { origin: null, origin_id: null, id: 'id*' },
    build: {
      revision_origin: null,
      revision_origin_id: null,
      origin: null,
      origin_id: null,
      revision_id: 'id*',
      id: 'id*',
    },
    test: { build_origin: null, build_origin_id: null, origin: null, origin_id: null, build_id: 'id*', id: 'id*' },
  },
};

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

/** Looks ahead instead of repeating a group, since a repeated group takes stack for every character of a long path. */
export const PATH_PATTERN = '^(?!\\.|.*\\.\\.|.*\\.$)[.a-zA-Z0-9_-]*$';

/** 5.0: builds have a status as tests do, waivers are incidents, and paths, ids and repository URLs are stricter. */
const VERSION_5_0: VersionChange = {
  major: 5,
  minor: 0,
  values: {
    id: { type: 'string', pattern: '^[a-z0-9_]+:', says: 'an id, which starts with its origin and a colon' },
    repositoryUrl: {
      type: 'string',
      format: 'uri',
      pattern: '^https://',
      says: 'the https:// URL of a Git repository',
    },
    path: {
      type: 'string',
      pattern: PATH_PATTERN,
      says: 'a path: names of letters, digits, underscores and hyphens with a dot between them, or the empty string',
    },
  },
  objects: {
    checkout: { contacts: null },
    build: { valid: null, status: 'status' },
    test: { waived: null },
    issue: { build_valid: null, test_status: null },
  },
};

/** 5.1: an origin says when it has sent everything that it planned for a checkout. */
const VERSION_5_1: VersionChange = {
  major: 5,
  minor: 1,
  objects: { checkout: { origin_builds_finish_time: 'time', origin_tests_finish_time: 'time' } },
};

/** 5.2: issues are sorted into categories. */
const VERSION_5_2: VersionChange = { major: 5, minor: 2, objects: { issue: { categories: 'path[]' } } };

/** 5.3: tests have input files. */
const VERSION_5_3: VersionChange = { major: 5, minor: 3, objects: { test: { input_files: 'resource[]' } } };

export const VERSIONS_5: readonly VersionChange[] = [VERSION_5_0, VERSION_5_1, VERSION_5_2, VERSION_5_3];

const CHANGES: readonly VersionChange[] = [VERSION_2_0, VERSION_3_0, ...VERSIONS_4, ...VERSIONS_5];

/** Every published version from 1.1 to 5.3, oldest first, each in full. */
export const VERSIONS: readonly VersionRules[] = history();

function history(): VersionRules[] {
  const versions = [VERSION_1_1];
  for (const change of CHANGES) versions.push(applied(versions.at(-1) ?? VERSION_1_1, change));
  return versions;
}

function applied(base: VersionRules, change: VersionChange): VersionRules {
  const objects: Record<string, FieldRules> = { ...base.objects };
  for (const [name, fields] of Object.entries(change.objects ?? {})) {
    if (fields === null) delete objects[name];
    else objects[name] = replaced(objects[name] ?? {}, fields);
  }
  return {
    major: change.major,
    minor: change.minor,
    values: replaced(base.values, change.values ?? {}),
    objects,
    lists: replaced(base.lists, change.lists ?? {}),
  };
}

function replaced<V>(base: Readonly<Record<string, V>>, change: Readonly<Record<string, V | null>>): Record<string, V> {
  const result: Record<string, V> = { ...base };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete result[name];
    else result[name] = value;
  }
  return result;
}
