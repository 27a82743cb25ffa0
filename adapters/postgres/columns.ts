import type { EntityName } from '../model.ts';

interface Table {
  readonly name: string;
  readonly hasStatus: boolean;
  /** What breaks equal times. */
  readonly tie: string;
  /** Whether some have no time to be sorted by. */
  readonly mayLackTime: boolean;
}

/** How each entity lies in the database. */
export const TABLES: { readonly [E in EntityName]: Table } = {
  checkout: { name: 'checkouts', hasStatus: false, tie: 't.id', mayLackTime: true },
  build: { name: 'builds', hasStatus: true, tie: 't.id', mayLackTime: true },
  test: { name: 'tests', hasStatus: true, tie: 't.id', mayLackTime: true },
  issue: { name: 'issues', hasStatus: false, tie: 't.tie', mayLackTime: false },
  incident: { name: 'incidents', hasStatus: false, tie: 't.id', mayLackTime: false },
};

/**
 * How two reports of one object merge in a column:
 * - `first`: the first value that is not null;
 * - `list`: the first list that is not empty, whole;
 * - `keys`: key by key, one level deep, each the first that is not null;
 * - `present`: an object was sent, even if none of its fields was.
 */
type MergeRule = 'first' | 'list' | 'keys' | 'present';

export interface Column {
  readonly name: string;
  /** The path in the common model. */
  readonly field: string;
  readonly type: 'text' | 'boolean' | 'bigint' | 'double precision' | 'timestamptz' | 'text[]' | 'jsonb';
  readonly merge: MergeRule;
}

/** What is stored of an entity, and where. */
export interface StoredEntity {
  readonly entity: EntityName;
  /** The table. */
  readonly name: string;
  /** The columns of the primary key. */
  readonly key: readonly ('id' | 'version')[];
  /** What a report says, without the key and the log excerpt. */
  readonly columns: readonly Column[];
  /** The table of log excerpts. */
  readonly logs: string | null;
  /** The time of the first load is kept, since it sorts the objects. */
  readonly firstKnown: boolean;
}

const column = (field: string, type: Column['type'] = 'text', merge: MergeRule = 'first'): Column => ({
  name: field.replaceAll('.', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  field,
  type,
  merge,
});
const texts = (...fields: string[]): readonly Column[] => fields.map((field) => column(field));
const times = (...fields: string[]): readonly Column[] => fields.map((field) => column(field, 'timestamptz'));
const flags = (...fields: string[]): readonly Column[] => fields.map((field) => column(field, 'boolean'));
const files = (...fields: string[]): readonly Column[] => fields.map((field) => column(field, 'jsonb', 'list'));
const lists = (...fields: string[]): readonly Column[] => fields.map((field) => column(field, 'text[]', 'list'));
const keyed = (...fields: string[]): readonly Column[] => fields.map((field) => column(field, 'jsonb', 'keys'));
const numbers = (...fields: string[]): readonly Column[] => fields.map((field) => column(field, 'double precision'));
const present = (field: string): Column => ({ name: `${field}_present`, field, type: 'boolean', merge: 'present' });

export const EXCERPT: Column = column('logExcerpt');

export const STORED: { readonly [E in EntityName]: StoredEntity } = {
  checkout: {
    entity: 'checkout',
    name: 'checkouts',
    key: ['id'],
    columns: [
      ...texts('origin', 'treeName', 'gitRepositoryUrl', 'gitCommitHash', 'gitCommitName', 'gitCommitMessage'),
      ...texts('gitRepositoryBranch', 'patchsetHash', 'messageId', 'comment', 'logUrl'),
      ...lists('gitCommitTags'),
      ...flags('gitRepositoryBranchTip', 'valid'),
      ...files('patchsetFiles'),
      ...times('startTime', 'originBuildsFinishTime', 'originTestsFinishTime'),
      ...keyed('misc'),
    ],
    logs: 'checkout_logs',
    firstKnown: false,
  },
  build: {
    entity: 'build',
    name: 'builds',
    key: ['id'],
    columns: [
      ...texts('origin', 'checkoutId', 'comment', 'architecture', 'command', 'compiler', 'configName', 'configUrl'),
      ...texts('logUrl', 'status'),
      ...times('startTime'),
      ...numbers('duration'),
      ...files('inputFiles', 'outputFiles'),
      ...keyed('misc'),
    ],
    logs: 'build_logs',
    firstKnown: false,
  },
  test: {
    entity: 'test',
    name: 'tests',
    key: ['id'],
    columns: [
      ...texts('origin', 'buildId', 'path', 'comment', 'logUrl', 'status', 'environment.comment'),
      present('environment'),
      ...lists('environment.compatible'),
      ...keyed('environment.misc'),
      ...numbers('number.value'),
      ...texts('number.unit', 'number.prefix'),
      ...times('startTime'),
      ...numbers('duration'),
      ...files('inputFiles', 'outputFiles'),
      ...keyed('misc'),
    ],
    logs: 'test_logs',
    firstKnown: false,
  },
  issue: {
    entity: 'issue',
    name: 'issues',
    key: ['id', 'version'],
    columns: [
      ...texts('origin', 'reportUrl', 'reportSubject', 'comment'),
      ...lists('categories'),
      present('culprit'),
      ...flags('culprit.code', 'culprit.tool', 'culprit.harness'),
      ...keyed('misc'),
    ],
    logs: null,
    firstKnown: true,
  },
  incident: {
    entity: 'incident',
    name: 'incidents',
    key: ['id'],
    columns: [
      ...texts('origin', 'issueId'),
      column('issueVersion', 'bigint'),
      ...texts('buildId', 'testId', 'comment'),
      ...flags('present'),
      ...keyed('misc'),
    ],
    logs: null,
    firstKnown: true,
  },
};

/** The order in which every transaction takes its locks, table by table. */
export const LOAD_ORDER = ['checkout', 'build', 'test', 'issue', 'incident'] as const satisfies readonly EntityName[];
