import type { Culprit, Entities, EntityName, Environment, TestNumber } from './model.ts';

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

/** The fields of the objects that fields hold. */
const PARTS = {
  environment: { comment: 'text', compatible: 'texts', misc: 'object' } satisfies Record<keyof Environment, FieldKind>,
  testNumber: { value: 'number', unit: 'text', prefix: 'text' } satisfies Record<keyof TestNumber, FieldKind>,
  culprit: { code: 'boolean', tool: 'boolean', harness: 'boolean' } satisfies Record<keyof Culprit, FieldKind>,
} as const;

/**
 * How two reports of one object merge in a field:
 * - `first`: the first value that says anything;
 * - `list`: the first list that is not empty, whole;
 * - `keys`: key by key, one level deep, each the first that is not null;
 * - `parts`: field by field of the object that it holds;
 * - `none`: not at all, since it is the object's key or the source's own.
 */
export type MergeRule = 'first' | 'list' | 'keys' | 'parts' | 'none';

/** One field of the common model. */
export interface Field {
  /** Its path in the common model, such as `environment.comment`. */
  readonly name: string;
  /** Its path in KCIDB's JSON, such as `git_commit_hash`. */
  readonly path: string;
  readonly kind: FieldKind;
  readonly merge: MergeRule;
  /** A source fetches it only where it is asked for. */
  readonly isLarge: boolean;
  /** The fields of the object that it holds. */
  readonly parts: readonly Field[];
}

/** All that is known of every field, derived from {@link MODEL_FIELDS}: in its order. */
export const FIELDS: { readonly [E in EntityName]: readonly Field[] } = {
  checkout: fieldsOf('checkout'),
  build: fieldsOf('build'),
  test: fieldsOf('test'),
  issue: fieldsOf('issue'),
  incident: fieldsOf('incident'),
};

/** What a source fetches only where it is asked for. */
export const COSTLY_FIELDS: ReadonlySet<string> = new Set(
  Object.values(FIELDS).flatMap((fields) => fields.filter(({ isLarge }) => isLarge).map(({ name }) => name)),
);

function fieldsOf(entity: EntityName): readonly Field[] {
  return Object.entries(MODEL_FIELDS[entity]).map(([name, kind]) => fieldOf(name, kind, ''));
}

function fieldOf(name: string, kind: FieldKind, within: string): Field {
  const full = `${within}${name}`;
  const parts = kind === 'environment' || kind === 'testNumber' || kind === 'culprit' ? PARTS[kind] : {};
  return {
    name: full,
    path: full === 'timestamp' ? '_timestamp' : full.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    kind,
    merge: mergeOf(full, kind),
    isLarge: kind === 'object' || kind === 'resources' || kind === 'conflicts' || full === 'logExcerpt',
    parts: Object.entries<FieldKind>(parts).map(([part, partKind]) => fieldOf(part, partKind, `${full}.`)),
  };
}

function mergeOf(name: string, kind: FieldKind): MergeRule {
  if (['id', 'version', 'timestamp', 'conflicts'].includes(name)) return 'none';
  if (kind === 'environment' || kind === 'testNumber' || kind === 'culprit') return 'parts';
  if (kind === 'texts' || kind === 'resources') return 'list';
  return kind === 'object' ? 'keys' : 'first';
}

/** The object with null in the costly fields that were not asked for, for adapters that get them whether they want or not. */
export function onlyAsked<E extends EntityName>(object: Entities[E], fields: ReadonlySet<string>): Entities[E] {
  const unasked = [...COSTLY_FIELDS]
    .filter((field) => field in object && !fields.has(field))
    .map((field) => [field, null]);
  const copy: Entities[E] = { ...object, ...Object.fromEntries(unasked) };
  if (!fields.has('conflicts')) Reflect.deleteProperty(copy, 'conflicts');
  return copy;
}
