import type { VersionChange } from './rule-types.ts';

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
