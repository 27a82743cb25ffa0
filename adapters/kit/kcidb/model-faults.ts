import type { Fault } from '../../adapter.ts';
import type { Entities, EntityName } from '../../model.ts';
import { latestRules } from './document-rules.ts';
import { fromModel } from './from-model.ts';
import type { ListName } from './kcidb-object.ts';

const LIST_OF: Readonly<Record<EntityName, ListName>> = {
  checkout: 'checkouts',
  build: 'builds',
  test: 'tests',
  issue: 'issues',
  incident: 'incidents',
};

/**
 * What version 5.3 finds wrong with an object of the common model: nothing, if a KCIDB document could hold it. Paths are
 * those of a document with this object alone, such as `/tests/0/start_time`.
 */
export function modelFaults<E extends EntityName>(entity: E, object: Entities[E]): Fault[] {
  return latestRules().objectFaults(LIST_OF[entity], 0, fromModel(entity, object));
}
