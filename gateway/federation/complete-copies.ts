import { SourceError } from '../../adapters/errors.ts';
import type { Entities, EntityName } from '../../adapters/model.ts';
import { copiesOf } from './fan-out.ts';
import type { FieldSet } from './field-set.ts';
import { keyOf } from './identity.ts';
import type { ListedSource, ListPlace, ListSubject } from './list-subject.ts';
import type { Copy } from './merge-objects.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import { canGet, entitySource, listObstacle, listTerms } from './select-sources.ts';

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
    const list = listTerms(source, entity, relation);
    return listObstacle(list, entity, order) !== null && entitySource(source, entity)?.get !== undefined;
  });
  if (skipped.length === 0) return edges.map(({ shown }) => shown);
  const cut = new Set<Source>();
  const mayAsk = (source: Source): boolean => {
    const isLeft = context.loaders.allowanceOf(source).takeExtraKey(entity);
    if (!isLeft) cut.add(source);
    return isLeft;
  };
  const all = edges.map(async ({ shown }) => {
    const [first] = shown;
    if (first === undefined) return shown;
    const asked = { key: keyOf(first.object), path: place.path };
    const able = skipped.filter((source) => canGet(source, entity, asked.key) && mayAsk(source));
    const more = await copiesOf(context, { entity, fields, scope }, asked, able);
    const same = more.filter(({ object }) => keyOf(object) === asked.key);
    const priority = (copy: Copy<Entities[E]>) => scope.sources.indexOf(copy.source);
    return [...shown, ...same].sort((a, b) => priority(a) - priority(b));
  });
  for (const source of cut) {
    const message =
      'Too many objects would have to be asked for: some are shown without what this source says of them.';
    context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), place.path);
  }
  return await Promise.all(all);
}
