import type { Entities, EntityName } from '../model.ts';

/** What a field of the common model holds. All but `key`, `version` and `conflicts` may be null instead. */
export type FieldKind =
  | 'key'
  | 'version'
  | 'text'
  | 'texts'
  | 'time'
  | 'hash'
  | 'number'
  | 'boolean'
  | 'status'
  | 'resources'
  | 'object'
  | 'environment'
  | 'testNumber'
  | 'culprit'
  | 'conflicts';

const COMMON = { id: 'key', origin: 'key', timestamp: 'time', misc: 'object', conflicts: 'conflicts' } as const;
const RUN = {
  comment: 'text',
  startTime: 'time',
  duration: 'number',
  logUrl: 'text',
  logExcerpt: 'text',
  status: 'status',
  inputFiles: 'resources',
  outputFiles: 'resources',
} as const;

/** Every field of every entity; the compiler holds it against the types of the model. */
export const MODEL_FIELDS: { readonly [E in EntityName]: Readonly<Record<keyof Entities[E], FieldKind>> } = {
  checkout: {
    ...COMMON,
    treeName: 'text',
    gitRepositoryUrl: 'text',
    gitCommitHash: 'hash',
    gitCommitName: 'text',
    gitCommitTags: 'texts',
    gitCommitMessage: 'text',
    gitRepositoryBranch: 'text',
    gitRepositoryBranchTip: 'boolean',
    patchsetFiles: 'resources',
    patchsetHash: 'hash',
    messageId: 'text',
    comment: 'text',
    startTime: 'time',
    originBuildsFinishTime: 'time',
    originTestsFinishTime: 'time',
    logUrl: 'text',
    logExcerpt: 'text',
    valid: 'boolean',
  },
  build: {
    ...COMMON,
    ...RUN,
    checkoutId: 'key',
    architecture: 'text',
    command: 'text',
    compiler: 'text',
    configName: 'text',
    configUrl: 'text',
  },
  test: { ...COMMON, ...RUN, buildId: 'key', environment: 'environment', path: 'text', number: 'testNumber' },
  issue: {
    ...COMMON,
    version: 'version',
    categories: 'texts',
    reportUrl: 'text',
    reportSubject: 'text',
    culprit: 'culprit',
    comment: 'text',
  },
  incident: {
    ...COMMON,
    issueId: 'key',
    issueVersion: 'version',
    buildId: 'text',
    testId: 'text',
    present: 'boolean',
    comment: 'text',
  },
};

/** All fields of an entity: what `Call.fields` holds when everything is asked for. */
export function allFields(entity: EntityName): ReadonlySet<string> {
  return new Set(Object.keys(MODEL_FIELDS[entity]));
}

/** What a source fetches only where it is asked for. */
export const COSTLY_FIELDS: ReadonlySet<string> = new Set([
  'logExcerpt',
  'misc',
  'conflicts',
  'patchsetFiles',
  'inputFiles',
  'outputFiles',
]);
