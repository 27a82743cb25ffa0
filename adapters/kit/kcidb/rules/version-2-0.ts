import type { VersionChange } from './rule-types.ts';

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
