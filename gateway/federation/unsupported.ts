import { SourceError } from '../../adapters/errors.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import type { Scope } from './scope.ts';

const errors = new Map<string, SourceError>();

/** What a source lacks. @param obstacle the end of a sentence that begins with "This source" */
export function unsupported(obstacle: string): SourceError {
  let error = errors.get(obstacle);
  // One instance for one obstacle: the report tells the same error once a field.
  if (error === undefined) {
    error = new SourceError('SOURCE_UNSUPPORTED', `This source ${obstacle}.`);
    errors.set(obstacle, error);
  }
  return error;
}

/** A source that has such objects and could not be asked for them, with the end of a sentence that says why. */
export type UnableSource = readonly [source: Source, obstacle: string];

/**
 * Names the sources that have such objects and could not be asked for them: in an error where the client named them or
 * no source was left to ask, else in a warning.
 */
export function reportUnable(
  context: RequestContext,
  scope: Scope,
  unable: readonly UnableSource[],
  isAnyLeft: boolean,
  path: readonly (string | number)[],
): void {
  for (const [source, obstacle] of unable) {
    if (scope.isNamed || !isAnyLeft) context.report.fail(source.name, unsupported(obstacle), path);
    else context.report.warn(source.name, unsupported(obstacle), path);
  }
}
