/**
 * What the author of an adapter needs, as `kcigraph/adapter`: the contract, the common model, errors, filters, and of
 * the kit what serves any system. One name, so that an adapter depends on this package and on nothing beside.
 */
export { z } from 'zod';
export * from '../adapter.ts';
export * from '../errors.ts';
export * from '../filter.ts';
export * from '../model.ts';
export { compareBytes, comparePlaces } from './compare-places.ts';
export { type ExactInteger, exactInteger, isExactInteger, parseExactJson } from './exact-json.ts';
export { fillGaps, isSaid } from './fill-gaps.ts';
export {
  DocumentChanged,
  DocumentReader,
  inflateExcerpt,
  type ReadDocuments,
  type ReadLimits,
  type ReadObject,
} from './kcidb/document-reader.ts';
export { type ReceivedDocument, readDocument } from './kcidb/read-document.ts';
export type { DocumentFormat } from './kcidb/reader-job.ts';
export { type MaxAge, maxAgeOf } from './max-age.ts';
export { namedCommits } from './named-commits.ts';
export { normaliseTime } from './normalise-time.ts';
export { normaliseUrl } from './normalise-url.ts';
export { type FetchRows, type OffsetQuery, offsetPage } from './offset-page.ts';
export { onlyAsked } from './only-asked.ts';
export { ownerOf } from './owner-of.ts';
export { SingleFlight } from './single-flight.ts';
export { isSliceOver, yieldToEventLoop } from './yield-to-event-loop.ts';
