import type { Entities, EntityName } from '../contract/model.ts';
import type { NodeEntity } from './node.ts';

type Projection = Readonly<Record<string, 0 | 1>>;

/** The fields that identify a node and its place in the tree. */
const STRUCTURE = ['kind', 'name', 'path', 'parent', 'treeid', 'state', 'status', 'result', 'created'] as const;
/** The fields that tests inherit from the nodes above them. */
const INHERITED = [
  'artifacts',
  'retry_counter',
  'data.runtime',
  'data.job_id',
  'data.job_context',
  'data.error_code',
  'data.error_msg',
] as const;
const REVISION = ['tree', 'url', 'branch', 'commit', 'describe'] as const;
const BUILD_MISC = ['platform', 'runtime', 'job_id', 'job_context', 'kernel_type', 'error_msg'] as const;
const TEST_MISC = ['test_source', 'test_revision', 'compiler', 'kernel_type'] as const;

/** Whether the selected fields of a test depend on the nodes above it. */
export function inherits(fields: ReadonlySet<string>): boolean {
  return selects(fields, 'status', 'misc', 'environment', 'logUrl', 'outputFiles');
}

/** The fields of a node to read for the selected fields of the model. */
export function projectionOf(entity: NodeEntity, fields: ReadonlySet<string>): Projection {
  const own = entity === 'checkout' ? ofCheckout(fields) : entity === 'build' ? ofBuild(fields) : ofTest(fields);
  return projection([...own, ...(selects(fields, 'timestamp') ? ['updated'] : [])]);
}

/** The fields to read of the nodes above a test. */
export function projectionAbove(isInherited: boolean): Projection {
  return projection(isInherited ? INHERITED : []);
}

function ofCheckout(fields: ReadonlySet<string>): readonly string[] {
  return ofRevision([
    ...REVISION,
    ...(selects(fields, 'gitCommitTags') ? ['commit_tags'] : []),
    ...(selects(fields, 'gitCommitMessage') ? ['commit_message'] : []),
    ...(selects(fields, 'gitRepositoryBranchTip') ? ['tip_of_branch'] : []),
  ]);
}

function ofBuild(fields: ReadonlySet<string>): readonly string[] {
  return [
    ...(selects(fields, 'comment') ? ofRevision(['describe']) : []),
    ...['data.arch', 'data.compiler', 'data.config_full', 'data.error_code'],
    ...(selects(fields, 'outputFiles', 'logUrl', 'configUrl') ? ['artifacts'] : []),
    ...(selects(fields, 'misc') ? BUILD_MISC.map((name) => `data.${name}`) : []),
  ];
}

function ofTest(fields: ReadonlySet<string>): readonly string[] {
  return [
    'data.arch',
    ...(inherits(fields) ? INHERITED : []),
    ...(selects(fields, 'comment', 'environment') ? ['data.platform', 'data.runtime'] : []),
    ...(selects(fields, 'environment') ? ['data.misc'] : []),
    ...(selects(fields, 'misc') ? TEST_MISC.map((name) => `data.${name}`) : []),
  ];
}

function ofRevision(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => [`data.kernel_revision.${name}`, `revision.${name}`]);
}

function projection(names: readonly string[]): Projection {
  return Object.fromEntries([...STRUCTURE, ...names].map((name) => [name, 1]));
}

/** Filters whose name differs from the field that they read. */
const READ_BY: Readonly<Record<string, string>> = { platform: 'environment', compatible: 'environment' };

/** The selected fields and those that the filter reads. */
export function withFilterFields(fields: ReadonlySet<string>, where: object | null): ReadonlySet<string> {
  if (where === null) return fields;
  return new Set([...fields, ...Object.keys(where).map((field) => READ_BY[field] ?? field)]);
}

/** Whether any of these fields is selected. `conflicts` selects all fields that can differ. */
function selects(fields: ReadonlySet<string>, ...names: readonly string[]): boolean {
  return names.some((name) => fields.has(name)) || fields.has('conflicts');
}

const ALWAYS_GIVEN: ReadonlySet<string> = new Set(['id', 'origin', 'checkoutId', 'buildId', 'startTime']);

/**
 * Replaces fields that are not selected by null: their values could be wrong, because the fields of the node that they
 * need were not read.
 */
export function pickFields<E extends EntityName>(object: Entities[E], fields: ReadonlySet<string>): Entities[E] {
  if (fields.has('conflicts')) return object;
  const unasked = Object.keys(object).filter((name) => !ALWAYS_GIVEN.has(name) && !fields.has(name));
  return { ...object, ...Object.fromEntries(unasked.map((name) => [name, null])) };
}
