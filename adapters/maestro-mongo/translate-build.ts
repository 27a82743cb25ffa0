import type { Build, Status } from '../contract/model.ts';
import { textOf } from '../kit/mongo/documents.ts';
import type { MaestroNode, Result } from './node.ts';
import { pickFields } from './projections.ts';
import { filesOf, labOf, miscOf, type TranslationCall, type TranslationContext, urlOf, warnerOf } from './translate.ts';

/** Translates a kbuild. Null without a parent or data. */
export function translateBuild(node: MaestroNode, context: TranslationContext, call: TranslationCall): Build | null {
  const { id, parent, data, artifacts, errorCode } = node;
  const warn = warnerOf(id, call);
  if (parent === null) {
    warn('is a kbuild without a checkout: it is left out');
    return null;
  }
  if (!node.hasData) {
    warn('has no `data`: it is left out');
    return null;
  }
  const build: Build = {
    id: context.ids.ofNode(id),
    origin: context.ids.origin,
    timestamp: node.updated,
    checkoutId: context.ids.ofNode(parent),
    comment: textOf(node.revision?.describe),
    startTime: node.created,
    duration: null,
    architecture: architectureOf(textOf(data.arch)),
    command: null,
    compiler: textOf(data.compiler),
    inputFiles: null,
    outputFiles: filesOf(artifacts, ['build_log', '_config'], warn),
    configName: textOf(data.config_full),
    configUrl: urlOf(artifacts, '_config', warn),
    logUrl: urlOf(artifacts, 'build_log', warn),
    logExcerpt: null,
    status: buildStatus(node.result, errorCode),
    misc: miscOf({
      platform: data.platform,
      runtime: data.runtime,
      lab: labOf(textOf(data.runtime)),
      job_id: data.job_id,
      job_context: data.job_context,
      kernel_type: data.kernel_type,
      error_code: errorCode,
      error_msg: data.error_msg,
      maestro_viewer: context.viewer + id,
    }),
  };
  return pickFields<'build'>(build, call.fields);
}

const BUILD_STATUS: Readonly<Record<Result, Status | null>> = {
  pass: 'PASS',
  fail: 'FAIL',
  incomplete: 'ERROR',
  skip: null,
};

function buildStatus(result: Result | null, errorCode: string | null): Status | null {
  if (result === 'incomplete' && errorCode === 'node_timeout') return 'MISS';
  if (errorCode !== null) return 'ERROR';
  return result === null ? null : BUILD_STATUS[result];
}

/** KCIDB's rules allow lower-case letters, digits and underscores. */
function architectureOf(text: string | null): string | null {
  return text !== null && /^[a-z0-9_]*$/.test(text) ? text : null;
}

/** The dummy build that the bridge makes for tests directly below a checkout, one for each architecture. */
export function translateDummyBuild(
  checkout: MaestroNode,
  architecture: string | null,
  { ids }: TranslationContext,
  { fields }: TranslationCall,
): Build {
  const build: Build = {
    id: ids.ofDummy(checkout.id, architecture),
    origin: ids.origin,
    timestamp: null,
    checkoutId: ids.ofNode(checkout.id),
    comment: 'Dummy build for tests hanging from checkout',
    startTime: checkout.created,
    duration: null,
    architecture,
    command: null,
    compiler: null,
    inputFiles: null,
    outputFiles: null,
    configName: null,
    configUrl: null,
    logUrl: null,
    logExcerpt: null,
    status: null,
    misc: null,
  };
  return pickFields<'build'>(build, fields);
}
