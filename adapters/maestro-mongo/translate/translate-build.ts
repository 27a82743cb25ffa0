import { textOf } from '../../kit/mongo/documents.ts';
import type { Build } from '../../model.ts';
import type { MaestroNode } from '../nodes/node.ts';
import { filesOf, urlOf } from './files.ts';
import { labOf } from './labs.ts';
import { miscOf } from './misc.ts';
import { buildStatus } from './statuses.ts';
import { type Asked, onlyWanted, type TranslationContext, tellerOf } from './translation.ts';

/** A kbuild. Null where it hangs on nothing, or nothing is known of it. */
export function translateBuild(node: MaestroNode, context: TranslationContext, asked: Asked): Build | null {
  const { id, parent, data, artifacts, errorCode } = node;
  const tell = tellerOf(id, asked);
  if (parent === null) {
    tell('is a kbuild without a checkout: it is left out');
    return null;
  }
  if (!node.hasData) {
    tell('has no `data`: it is left out');
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
    outputFiles: filesOf(artifacts, ['build_log', '_config'], tell),
    configName: textOf(data.config_full),
    configUrl: urlOf(artifacts, '_config', tell),
    logUrl: urlOf(artifacts, 'build_log', tell),
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
  return onlyWanted<'build'>(build, asked.fields);
}

/** KCIDB's rules know lower-case letters, digits and underscores. */
function architectureOf(text: string | null): string | null {
  return text !== null && /^[a-z0-9_]*$/.test(text) ? text : null;
}
