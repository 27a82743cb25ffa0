import type { Entities, EntityName } from '../../adapters/model.ts';
import { copiesOf } from './fan-out.ts';
import type { FieldSet } from './field-set.ts';
import { keyOf } from './identity.ts';
import type { ListedSource, ListPlace, ListSubject } from './list-subject.ts';
import type { Copy } from './merge-objects.ts';
import type { RequestContext } from './request-context.ts';
import { canGet, entityCapability, listObstacle, relationCapability } from './select-sources.ts';

type Copies<E extends EntityName> = readonly Copy<Entities[E]>[];

/** Sources that cannot give the list have no say in it, and yet may know more of what it shows. */
export async function completeCopies<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  listed: readonly ListedSource<E>[],
  fields: FieldSet,
  edges: readonly { readonly shown: Copies<E> }[],
): Promise<readonly Copies<E>[]> {
  const { entity, relation, order, scope } = subject;
  const skipped = scope.sources.filter((source) => {
    if (listed.some((one) => one.source === source)) return false;
    const list = relation === null ? entityCapability(source, entity)?.list : relationCapability(source, relation);
    return listObstacle(list, entity, order) !== null && (entityCapability(source, entity)?.get ?? null) !== null;
  });
  if (skipped.length === 0) return edges.map(({ shown }) => shown);
  return await Promise.all(
    edges.map(async ({ shown }) => {
      const [first] = shown;
      if (first === undefined) return shown;
      const asked = { key: keyOf(first.object), path: place.path };
      const able = skipped.filter((source) => canGet(source, entity, asked.key));
      const more = await copiesOf(context, { entity, fields, scope }, asked, able);
      const same = more.filter(({ object }) => keyOf(object) === asked.key);
      const priority = (copy: Copy<Entities[E]>) => scope.sources.indexOf(copy.source);
      return [...shown, ...same].sort((a, b) => priority(a) - priority(b));
    }),
  );
}
