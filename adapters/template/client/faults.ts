import { type ReadDocuments, type ReadLimits, SourceError } from '../../kit/author.ts';

/** What of a text could not be understood: the first fault, and how many there are. */
export function documentsFault(
  name: string,
  { faults, faultCount }: Pick<ReadDocuments, 'faults' | 'faultCount'>,
): SourceError {
  const [first] = faults;
  const more = faultCount > 1 ? ` (and ${faultCount - 1} more faults)` : '';
  const message = `Of ${name} something could not be understood: ${first?.message ?? 'no reason is known.'}${more}`;
  return new SourceError('SOURCE_BAD_DATA', message, first?.id ? { id: first.id } : {});
}

export function tooMuch(cutBy: 'maxObjects' | 'maxBytes', limits: ReadLimits): SourceError {
  const what = cutBy === 'maxObjects' ? 'objects' : 'bytes of objects';
  const message = `The documents hold more than ${limits[cutBy]} ${what}, which is all that the source takes (${cutBy}).`;
  return new SourceError('SOURCE_UNAVAILABLE', message);
}
