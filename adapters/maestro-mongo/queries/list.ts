import type { Call, Page, PageQuery } from '../../adapter.ts';
import type { Entities, EntityName } from '../../model.ts';
import { listNodes } from './list-nodes.ts';
import type { MaestroSource } from './source.ts';
import { notHere } from './translate-nodes.ts';

type List<E extends EntityName> = (
  query: PageQuery<E>,
  source: MaestroSource,
  call: Call,
) => Promise<Page<Entities[E]>>;

const LISTS: { readonly [E in EntityName]?: List<E> } = {
  checkout: (query, source, call) => listNodes('checkout', query, source, call),
  build: (query, source, call) => listNodes('build', query, source, call),
  test: (query, source, call) => listNodes('test', query, source, call),
};

export async function list<E extends EntityName>(
  entity: E,
  query: PageQuery<E>,
  source: MaestroSource,
  call: Call,
): Promise<Page<Entities[E]>> {
  const one: List<E> | undefined = LISTS[entity];
  if (one === undefined) throw notHere(`a list of ${entity}s`);
  return await one(query, source, call);
}
