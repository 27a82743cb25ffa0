import type { Build } from '../../model.ts';
import type { MaestroNode } from '../nodes/node.ts';
import { type Asked, onlyWanted, type TranslationContext } from './translation.ts';

/** The build that the bridge invents for tests that hang straight from a checkout, one for each architecture of theirs. */
export function translateDummyBuild(
  checkout: MaestroNode,
  architecture: string | null,
  { ids }: TranslationContext,
  { fields }: Asked,
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
  return onlyWanted<'build'>(build, fields);
}
