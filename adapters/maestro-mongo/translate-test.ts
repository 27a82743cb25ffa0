import type { Environment, JsonObject, Status, Test } from '../contract/model.ts';
import { documentOf, textOf } from '../kit/mongo/documents.ts';
import { dummyArchitecture } from './ids.ts';
import type { MaestroNode } from './node.ts';
import { pickFields } from './projections.ts';
import { testPath } from './suites.ts';
import {
  filesOf,
  jobUrl,
  labOf,
  miscOf,
  type TranslationCall,
  type TranslationContext,
  urlOf,
  warnerOf,
} from './translate.ts';

/** A node of a result tree, with the nodes above it. */
export interface PlacedTest {
  readonly node: MaestroNode;
  /** From its parent up to the job, the nearest first. */
  readonly above: readonly MaestroNode[];
  /** The kbuild above the job, or the checkout if there is no kbuild. */
  readonly base: MaestroNode;
}

const LOGS = ['lava_log', 'test_log'] as const;

/** Translates a job, suite, test or process. Null if its path is empty, as for a kbuild within a tree. */
export function translateTest(test: PlacedTest, context: TranslationContext, call: TranslationCall): Test | null {
  const { node, above, base } = test;
  const warn = warnerOf(node.id, call);
  if (!node.hasData) {
    warn('has no `data`: it is left out');
    return null;
  }
  const path = testPath(node.path, base.entity === 'build', context.suites);
  if (path === null) return null;
  const status = testStatus(node, above);
  // A skipped test did not run, so the files of its job do not belong to it.
  const ran = status === 'SKIP' ? null : [node, ...above];
  const artifacts = ran?.find((one) => one.artifacts !== null)?.artifacts ?? null;
  const platform = textOf(node.data.platform);
  const runtime = textOf(node.data.runtime);
  const object: Test = {
    id: context.ids.ofNode(node.id),
    origin: context.ids.origin,
    timestamp: node.updated,
    buildId: buildIdOf(test, context),
    path,
    comment: commentOf(node.name, platform, runtime),
    status,
    number: null,
    startTime: node.created,
    duration: null,
    environment: environmentOf(node, { platform, runtime, job: jobOf(ran, context) }),
    inputFiles: null,
    outputFiles: filesOf(artifacts, LOGS, warn),
    logUrl: urlOf(artifacts, 'lava_log', warn) ?? urlOf(artifacts, 'test_log', warn),
    logExcerpt: null,
    misc: miscOf({
      test_source: node.data.test_source,
      test_revision: node.data.test_revision,
      compiler: node.data.compiler,
      kernel_type: node.data.kernel_type,
      arch: node.data.arch,
      runtime: node.data.runtime,
      lab: labOf(runtime),
      maestro_viewer: context.viewer + node.id,
      // The counter of the job, because the job's files belong to the same attempt.
      retry_counter: (above.at(-1) ?? node).retryCounter,
      ...errorOf(node, ran),
    }),
  };
  return pickFields<'test'>(object, call.fields);
}

/** The build of a test: the kbuild above it, or the dummy of its architecture below the checkout. */
export function buildIdOf({ node, base }: PlacedTest, { ids }: TranslationContext): string {
  if (base.entity === 'build') return ids.ofNode(base.id);
  return ids.ofDummy(base.id, dummyArchitecture(textOf(node.data.arch)));
}

interface Surroundings {
  readonly platform: string | null;
  readonly runtime: string | null;
  readonly job: Readonly<Record<string, unknown>>;
}

function environmentOf({ data }: MaestroNode, { platform, runtime, job }: Surroundings): Environment {
  const misc: JsonObject = miscOf({
    platform,
    measurement: documentOf(data.misc)?.measurement,
    ...job,
  });
  return { comment: runtime === null ? null : `Runtime: ${runtime}`, compatible: null, misc };
}

/** The job's fields from the nearest node that has a job id. */
function jobOf(ran: readonly MaestroNode[] | null, { labs }: TranslationContext): Readonly<Record<string, unknown>> {
  const data = ran?.find((one) => textOf(one.data.job_id) !== null)?.data;
  if (data === undefined) return {};
  const url = jobUrl(labs, textOf(data.runtime), textOf(data.job_id) ?? '');
  return { job_url: url, job_id: data.job_id, job_context: data.job_context };
}

/** The error code and message of the nearest node with a code. */
function errorOf({ result }: MaestroNode, ran: readonly MaestroNode[] | null): Readonly<Record<string, unknown>> {
  if (result === 'pass' || result === 'skip') return {};
  const failed = ran?.find((one) => one.errorCode !== null);
  return failed === undefined ? {} : { error_code: failed.errorCode, error_msg: failed.data.error_msg };
}

function commentOf(name: string, platform: string | null, runtime: string | null): string {
  return [name, ...(platform === null ? [] : ['on', platform]), ...(runtime === null ? [] : ['in', runtime])].join(' ');
}

/** The status of an incomplete test by its error code; other codes give null. */
const INCOMPLETE: Readonly<Record<string, Status>> = {
  Canceled: 'ERROR',
  Infrastructure: 'ERROR',
  LAVATimeout: 'ERROR',
  MultinodeTimeout: 'ERROR',
  Test: 'ERROR',
  Bug: 'MISS',
  Configuration: 'MISS',
  invalid_job_params: 'MISS',
  Job: 'MISS',
  job_generation_error: 'MISS',
  ObjectNotPersisted: 'MISS',
  RequestBodyTooLarge: 'MISS',
  submit_error: 'MISS',
  'Unexisting permission codename.': 'MISS',
  kbuild_internal_error: 'MISS',
};

/** @param above the nodes above the test up to its job, the nearest first */
function testStatus({ result, errorCode }: MaestroNode, above: readonly MaestroNode[]): Status | null {
  if (result === null) return null;
  if (errorCode === 'Infrastructure') return 'ERROR';
  if (result === 'pass') return 'PASS';
  if (result === 'skip') return 'SKIP';
  if (errorCode === null) {
    const inherited = above.find((node) => node.errorCode !== null)?.errorCode;
    if (inherited === 'Infrastructure') return 'ERROR';
  }
  if (result === 'fail') return 'FAIL';
  return errorCode !== null && Object.hasOwn(INCOMPLETE, errorCode) ? (INCOMPLETE[errorCode] ?? null) : null;
}
