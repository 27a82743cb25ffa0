import { wants } from '../translate/translation.ts';
import type { NodeEntity } from './node.ts';

type Projection = Readonly<Record<string, 0 | 1>>;

/** What says which object a node is, and where it stands. */
const STRUCTURE = ['kind', 'name', 'path', 'parent', 'treeid', 'state', 'status', 'result', 'created'] as const;
/** What tests take from the nodes above them. */
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

/** Whether what is asked of a test depends on the nodes above it. */
export function inherits(fields: ReadonlySet<string>): boolean {
  return wants(fields, 'status', 'misc', 'environment', 'logUrl', 'outputFiles');
}

/** What is fetched of a node for the fields that are asked for. */
export function projectionOf(entity: NodeEntity, fields: ReadonlySet<string>): Projection {
  const own = entity === 'checkout' ? ofCheckout(fields) : entity === 'build' ? ofBuild(fields) : ofTest(fields);
  return projection([...own, ...(wants(fields, 'timestamp') ? ['updated'] : [])]);
}

/** Of a node above another. */
export function projectionAbove(isInherited: boolean): Projection {
  return projection(isInherited ? INHERITED : []);
}

function ofCheckout(fields: ReadonlySet<string>): readonly string[] {
  return ofRevision([
    ...REVISION,
    ...(wants(fields, 'gitCommitTags') ? ['commit_tags'] : []),
    ...(wants(fields, 'gitCommitMessage') ? ['commit_message'] : []),
    ...(wants(fields, 'gitRepositoryBranchTip') ? ['tip_of_branch'] : []),
  ]);
}

function ofBuild(fields: ReadonlySet<string>): readonly string[] {
  return [
    ...(wants(fields, 'comment') ? ofRevision(['describe']) : []),
    ...['data.arch', 'data.compiler', 'data.config_full', 'data.error_code'],
    ...(wants(fields, 'outputFiles', 'logUrl', 'configUrl') ? ['artifacts'] : []),
    ...(wants(fields, 'misc') ? BUILD_MISC.map((name) => `data.${name}`) : []),
  ];
}

function ofTest(fields: ReadonlySet<string>): readonly string[] {
  return [
    'data.arch',
    ...(inherits(fields) ? INHERITED : []),
    ...(wants(fields, 'comment', 'environment') ? ['data.platform', 'data.runtime'] : []),
    ...(wants(fields, 'environment') ? ['data.misc'] : []),
    ...(wants(fields, 'misc') ? TEST_MISC.map((name) => `data.${name}`) : []),
  ];
}

function ofRevision(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => [`data.kernel_revision.${name}`, `revision.${name}`]);
}

function projection(names: readonly string[]): Projection {
  return Object.fromEntries([...STRUCTURE, ...names].map((name) => [name, 1]));
}
