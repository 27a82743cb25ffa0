import { RELATION_TARGETS, type RelationName } from '../../adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../model.ts';
import { parentsIn } from './keys.ts';
import { seenChildren } from './reference-children.ts';
import type { Sampler } from './sampler.ts';
import type { Session } from './session.ts';

/** The relations that an adapter declares, with what they give. */
export function declaredRelations(session: Session): readonly (readonly [RelationName, EntityName])[] {
  return session.listedRelations.map((name) => [name, RELATION_TARGETS[name]] as const);
}

/** Some parents of a relation, those with the most children first as far as they were seen. */
export async function someParents(data: Sampler, relation: RelationName, limit: number): Promise<readonly string[]> {
  const parents: string[] = [];
  for (const entity of ENTITY_NAMES) {
    const capability = data.session.entity(entity);
    if (capability === undefined) continue;
    parents.push(...parentsIn(relation, entity, (await data.sample(entity)).items));
  }
  const counted: { readonly parent: string; readonly children: number }[] = [];
  for (const parent of parents.slice(0, 200)) {
    counted.push({ parent, children: (await seenChildren(data, relation, parent))?.ids.length ?? 0 });
  }
  const sorted = counted.toSorted((one, other) => other.children - one.children).map(({ parent }) => parent);
  // Those without children belong to it too.
  const childless = sorted.slice(-2).filter((parent) => sorted.indexOf(parent) >= limit - 2);
  return [...new Set([...sorted.slice(0, Math.max(1, limit - 2)), ...childless])];
}
