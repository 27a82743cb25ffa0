import { type Call, SourceError } from '../kit/author.ts';

/** Says that a record, or a field of it, could not be understood. */
export function warnOfRecord(call: Pick<Call, 'warn'>, id: string, sentence: string): void {
  call.warn(new SourceError('SOURCE_BAD_DATA', `${id}: ${sentence}`, { id }));
}
