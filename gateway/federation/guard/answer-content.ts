import type { Found, IncludedObject, Page, PageQuery } from '../../../adapters/adapter.ts';
import { SourceError } from '../../../adapters/errors.ts';
import { MODEL_FIELDS } from '../../../adapters/kit/model-fields.ts';
import { ENTITY_NAMES, type Entities, type EntityName, type StatusCounts } from '../../../adapters/model.ts';
import { keyOf } from '../identity.ts';
import { LARGE_FIELDS } from '../included-objects.ts';
import type { AnswerContent } from './answer-cache.ts';
import type { Mention } from './seen-objects.ts';

/** What was asked of a list, as far as it decides what its answer says. */
export interface AskedList<E extends EntityName> {
  readonly entity: E;
  readonly query: PageQuery<E>;
  readonly fields: ReadonlySet<string>;
  /** An empty page says that the source does not know what was asked for. */
  readonly isLookUp: boolean;
  /** Of each issue it shows the newest version. */
  readonly isNewest: boolean;
}

const VERSION_ONLY: ReadonlySet<string> = new Set(['version']);
/** What an object is known by when it came along with another: all but what may have been left out. */
const WITHOUT_LARGE = new Map<EntityName, ReadonlySet<string>>(
  ENTITY_NAMES.map((entity) => {
    const large: readonly string[] = [...LARGE_FIELDS, 'logExcerpt'];
    return [entity, new Set(Object.keys(MODEL_FIELDS[entity]).filter((field) => !large.includes(field)))];
  }),
);

/** Of one key that was looked up. */
export function contentOfKey<T extends Entities[EntityName]>(
  entity: EntityName,
  key: string,
  found: Found<T> | null,
  included: readonly IncludedObject[],
  fields: ReadonlySet<string>,
): AnswerContent {
  if (found === null) {
    return { mentions: [{ name: `${entity} ${key}`, object: null, fields }], isNo: true, isDerived: false };
  }
  const isNewest = key === found.object.id;
  const mentions = [...mentionsOf(entity, found.object, fields, isNewest), ...alongWith(included)];
  return { mentions, isNo: false, isDerived: false };
}

export function contentOfPages<E extends EntityName>(
  { entity, query, fields, isLookUp, isNewest }: AskedList<E>,
  pages: Iterable<Page<Entities[E]> | SourceError>,
  parents = 1,
): AnswerContent {
  const mentions: Mention[] = [];
  let full = 0;
  for (const page of pages) {
    if (page instanceof SourceError) continue;
    if (page.items.length > 0) full += 1;
    for (const { object } of page.items) mentions.push(...mentionsOf(entity, object, fields, isNewest));
    mentions.push(...alongWith(page.included ?? []));
  }
  return { mentions, isNo: isLookUp && query.after === null && full < parents, isDerived: query.where !== null };
}

export function contentOfCounts(
  counts: Iterable<StatusCounts | SourceError>,
  keys: number,
  isLookUp: boolean,
): AnswerContent {
  const some = [...counts].filter((one) => one instanceof SourceError || one.total > 0);
  return { mentions: [], isNo: isLookUp && some.length < keys, isDerived: true };
}

/** @param isNewest of an issue, whether the answer says that this is its newest version */
function mentionsOf(
  entity: EntityName,
  object: Entities[EntityName],
  fields: ReadonlySet<string>,
  isNewest: boolean,
): readonly Mention[] {
  const record: Readonly<Record<string, unknown>> = { ...object };
  const own: Mention = { name: `${entity} ${keyOf(object)}`, object: record, fields };
  if (entity !== 'issue' || !isNewest) return [own];
  return [own, { name: `${entity} ${object.id}`, object: record, fields: VERSION_ONLY }];
}

function alongWith(included: readonly IncludedObject[]): readonly Mention[] {
  return included.flatMap(({ entity, object }) =>
    mentionsOf(entity, object, WITHOUT_LARGE.get(entity) ?? VERSION_ONLY, false),
  );
}
