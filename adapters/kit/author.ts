/**
 * What the author of an adapter needs, as `kcigraph/adapter`: the contract, the common model, errors, filters, and of
 * the kit what serves any system. One name, so that an adapter depends on this package and on nothing beside.
 */
export { z } from 'zod';
export * from '../contract/adapter.ts';
export * from '../contract/errors.ts';
export { type ExactInteger, exactInteger, isExactInteger, parseExactJson } from '../contract/exact-json.ts';
export { onlyAsked } from '../contract/fields.ts';
export * from '../contract/filter.ts';
export { namedCommits, ownerOf } from '../contract/keys.ts';
export * from '../contract/model.ts';
export { compareBytes, comparePlaces } from '../contract/positions.ts';
export { normaliseTime, normaliseUrl } from '../contract/time-and-url.ts';
export { type MaxAge, maxAgeOf } from './cache.ts';
export { fillGaps, isSaid } from './fill-gaps.ts';
export type { DocumentFormat } from './kcidb/document-reader.ts';
export {
  DocumentChanged,
  DocumentReader,
  inflateExcerpt,
  type ReadDocuments,
  type ReadLimits,
  type ReadObject,
  type ReceivedDocument,
  readDocument,
} from './kcidb/document-reader.ts';
export { type FetchRows, type OffsetQuery, offsetPage } from './offset-page.ts';
export { SingleFlight } from './single-flight.ts';
export { isSliceOver, yieldToEventLoop } from './yield-to-event-loop.ts';
