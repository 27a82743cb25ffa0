import type { RelationName } from '../../adapter.ts';
import type { EntityName } from '../../model.ts';
import type { AnyObject } from './session.ts';

/** The key by which `getMany` finds this very object: of an issue `VERSION@ID`. */
export function keyOf(entity: EntityName, object: AnyObject): string {
  return entity === 'issue' && 'version' in object ? `${object.version}@${object.id}` : object.id;
}

/** What an object is the same by: of an issue its id and version. */
export function identityOf(object: AnyObject): string {
  return 'version' in object ? `${object.version}@${object.id}` : object.id;
}

/** The keys as parents of a relation that objects of an entity give; none where they are no parents of it. */
export function parentsIn(
  relation: RelationName,
  entity: EntityName,
  items: readonly { readonly object: AnyObject }[],
): readonly string[] {
  const parents = items.flatMap(({ object }) => parentOf(relation, entity, object));
  return [...new Set(parents)];
}

function parentOf(relation: RelationName, entity: EntityName, object: AnyObject): readonly string[] {
  const above = relation.slice(relation.indexOf('Of') + 2);
  if (above === 'Revision') {
    if (!('gitCommitHash' in object) || object.gitCommitHash === null) return [];
    return [object.patchsetHash ? `${object.gitCommitHash}+${object.patchsetHash}` : object.gitCommitHash];
  }
  if (above.toLowerCase() !== entity) return [];
  return 'version' in object ? [object.id, `${object.version}@${object.id}`] : [object.id];
}

/** A key of the same form that the source does not know, as far as one can tell. */
export function absentKey(key: string, number: number): string {
  return `${key}-absent-${number}`;
}
