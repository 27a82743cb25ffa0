import { SourceError } from '../../adapters/errors.ts';

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
