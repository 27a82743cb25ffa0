import type { Filter } from '../../adapters/filter.ts';
import { ownersFirst } from '../../adapters/kit/fill-gaps.ts';
import type { Entities, EntityName } from '../../adapters/model.ts';
import { evaluate, type Fit } from './filter-fallback.ts';
import type { ListPlace, ListPlan, ListSubject } from './list-subject.ts';
import type { Copy } from './merge-objects.ts';
import type { RequestContext } from './request-context.ts';
import { withoutAncestors } from './source-filter.ts';

/**
 * Whether objects fit what is left to be evaluated on the merged graph.
 * @param objects their copies by priority; null where there is nothing to evaluate, which does not fit
 * @param graphOf what is left of the filter for the object at an index
 */
export async function fitsGraph<E extends EntityName>(
  context: RequestContext,
  { entity, scope }: ListSubject<E>,
  { fitting }: ListPlan<E>,
  objects: readonly (readonly Copy<Entities[E]>[] | null)[],
  graphOf: (index: number) => Filter<E> | null,
  { path }: ListPlace,
): Promise<readonly Fit[]> {
  return await Promise.all(
    objects.map(async (copies, index) => {
      const [first] = ownersFirst(copies ?? [], (copy) => copy.object);
      const object = first?.object;
      if (object === undefined) return false;
      const graph = graphOf(index);
      if (graph === null) return true;
      const isBelow = fitting?.ids.has(String(Reflect.get(object, fitting.field))) === true;
      const where = isBelow ? withoutAncestors(entity, graph) : graph;
      const [fits = 'unknown'] = await evaluate(context, scope, entity, where, [object], path);
      return fits;
    }),
  );
}
