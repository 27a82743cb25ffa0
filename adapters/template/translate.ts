import { type Entities, type EntityName, issueTie, type Place } from '../kit/author.ts';

/**
 * Where an object stands in lists. The reader of documents gives objects in the common model already, so that this is
 * all that is left to say; the adapter of another system has a `translate-checkout.ts`, `translate-build.ts` and so on.
 *
 * A document does not tell when an issue or an incident was first known, so that these have no time.
 */
export function placeOf<E extends EntityName>(entity: E, object: Entities[E]): Place;
export function placeOf(_entity: EntityName, object: Entities[EntityName]): Place {
  if ('version' in object) return { time: null, tie: issueTie(object.id, object.version) };
  return { time: 'startTime' in object ? object.startTime : null, tie: object.id };
}
