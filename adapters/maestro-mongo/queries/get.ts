import type { Call, Found } from '../../contract/adapter.ts';
import type { Entities } from '../../contract/model.ts';
import { MAX_KEYS } from '../client.ts';
import type { ParsedId } from '../ids.ts';
import type { MaestroNode, NodeEntity } from '../node.ts';
import { projectionOf } from '../projections.ts';
import { translateDummyBuild } from '../translate-build.ts';
import { type MaestroSource, translateNodes } from './candidates.ts';

type Ids = readonly ParsedId[];
type Answers<E extends NodeEntity> = ReadonlyMap<string, Found<Entities[E]>>;
type Get<E extends NodeEntity> = (ids: Ids, source: MaestroSource, call: Call) => Promise<Answers<E>>;

const GET: { readonly [E in NodeEntity]: Get<E> } = {
  checkout: (ids, source, call) => getNodes('checkout', ids, source, call),
  build: getBuilds,
  test: (ids, source, call) => getNodes('test', ids, source, call),
};

/** Objects by id: one read for `MAX_KEYS` nodes, and for tests one more for each level above them that is not cached. */
export async function getMany<E extends NodeEntity>(
  entity: E,
  ids: readonly string[],
  source: MaestroSource,
  call: Call,
): Promise<Answers<E>> {
  const get: Get<E> = GET[entity];
  const parsed = [...new Set(ids)].flatMap((id) => source.translation.ids.parse(id) ?? []);
  const chunks: Promise<Answers<E>>[] = [];
  for (let start = 0; start < parsed.length; start += MAX_KEYS) {
    chunks.push(get(parsed.slice(start, start + MAX_KEYS), source, call));
  }
  return new Map((await Promise.all(chunks)).flatMap((found) => [...found]));
}

async function getNodes<E extends NodeEntity>(
  entity: E,
  ids: Ids,
  source: MaestroSource,
  call: Call,
): Promise<Answers<E>> {
  const nodes = await source.client.byIds(ids.flatMap(nodeOf), projectionOf(entity, call.fields), call);
  return await foundAmong(entity, nodes, source, call);
}

/** Dummy builds are derived from their checkouts, which the same read returns. */
async function getBuilds(ids: Ids, source: MaestroSource, call: Call): Promise<Answers<'build'>> {
  const wanted = ids.map((id) => (id.kind === 'node' ? id.node : id.checkout));
  const nodes = await source.client.byIds([...new Set(wanted)], projectionOf('build', call.fields), call);
  const own = new Set(ids.flatMap(nodeOf));
  const found = new Map(
    await foundAmong(
      'build',
      nodes.filter(({ id }) => own.has(id)),
      source,
      call,
    ),
  );
  const checkouts = new Map(nodes.filter(({ entity }) => entity === 'checkout').map((node) => [node.id, node]));
  for (const id of ids) {
    const checkout = id.kind === 'dummy' ? checkouts.get(id.checkout) : undefined;
    if (id.kind !== 'dummy' || checkout === undefined) continue;
    const object = translateDummyBuild(checkout, id.architecture, source.translation, call);
    found.set(object.id, { object, time: checkout.created });
  }
  return found;
}

async function foundAmong<E extends NodeEntity>(
  entity: E,
  nodes: readonly MaestroNode[],
  source: MaestroSource,
  call: Call,
): Promise<Answers<E>> {
  const translated = await translateNodes<E>(entity, nodes, source, call);
  return new Map(translated.map(({ node, object }) => [source.translation.ids.ofNode(node.id), foundOf(node, object)]));
}

function foundOf<T>(node: MaestroNode, object: T): Found<T> {
  return { object, time: node.created };
}

function nodeOf(id: ParsedId): readonly string[] {
  return id.kind === 'node' ? [id.node] : [];
}
