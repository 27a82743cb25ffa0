import type { Entities, EntityName } from '../../adapters/model.ts';

/** The fields of an entity that are asked for, and a text that is the same for the same fields. */
export interface FieldSet {
  readonly names: ReadonlySet<string>;
  readonly key: string;
  /** The global id is selected; it is made here, and not worth making for nobody. */
  readonly showsNodeId?: boolean;
}

/** Every field of an entity that its sources can disagree on or show. */
const MODEL_FIELDS: { readonly [E in EntityName]: readonly (keyof Entities[E] & string)[] } = {
  checkout: [
    'treeName',
    'gitRepositoryUrl',
    'gitCommitHash',
    'gitCommitName',
    'gitCommitTags',
    'gitCommitMessage',
    'gitRepositoryBranch',
    'gitRepositoryBranchTip',
    'patchsetFiles',
    'patchsetHash',
    'messageId',
    'comment',
    'startTime',
    'originBuildsFinishTime',
    'originTestsFinishTime',
    'logUrl',
    'valid',
    'misc',
  ],
  build: [
    'checkoutId',
    'comment',
    'startTime',
    'duration',
    'architecture',
    'command',
    'compiler',
    'inputFiles',
    'outputFiles',
    'configName',
    'configUrl',
    'logUrl',
    'status',
    'misc',
  ],
  test: [
    'buildId',
    'environment',
    'path',
    'comment',
    'logUrl',
    'status',
    'number',
    'startTime',
    'duration',
    'inputFiles',
    'outputFiles',
    'misc',
  ],
  issue: ['version', 'categories', 'reportUrl', 'reportSubject', 'culprit', 'comment', 'misc'],
  incident: ['issueId', 'issueVersion', 'buildId', 'testId', 'present', 'comment', 'misc'],
};

/** What no object is without. */
const IDENTITY_FIELDS: { readonly [E in EntityName]: readonly (keyof Entities[E] & string)[] } = {
  checkout: ['id', 'origin'],
  build: ['id', 'origin', 'checkoutId'],
  test: ['id', 'origin', 'buildId'],
  issue: ['id', 'origin', 'version'],
  incident: ['id', 'origin', 'issueId', 'issueVersion'],
};

/** What a field of the schema is made from, where that is not the field of the same name. */
const MADE_FROM: Readonly<Record<string, readonly string[]>> = {
  verdict: ['status'],
  checkout: ['checkoutId'],
  revision: ['gitCommitHash', 'patchsetHash'],
  build: ['buildId'],
  test: ['testId'],
  issue: ['issueId', 'issueVersion'],
};
/** What to ask of sources for what is selected of an object. Where conflicts are, everything but the log is compared. */
export function fieldSet(entity: EntityName, selected: Iterable<string>, more: Iterable<string> = []): FieldSet {
  const names = new Set<string>(IDENTITY_FIELDS[entity]);
  const known: ReadonlySet<string> = new Set([...MODEL_FIELDS[entity], 'logExcerpt', 'timestamp', 'conflicts']);
  let showsNodeId = false;
  for (const field of selected) {
    if (field === 'nodeId') showsNodeId = true;
    // Of a selection over several types some fields are other types'.
    if (!known.has(field) && MADE_FROM[field]?.every((name) => known.has(name)) !== true) continue;
    for (const name of MADE_FROM[field] ?? [field]) names.add(name);
    if (field === 'conflicts') for (const name of MODEL_FIELDS[entity]) names.add(name);
  }
  for (const name of more) names.add(name);
  return { names, key: [...names].sort().join(' '), showsNodeId };
}
