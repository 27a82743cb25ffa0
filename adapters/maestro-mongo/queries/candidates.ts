import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Call } from '../../adapter.ts';
import { SourceError } from '../../errors.ts';
import { textOf } from '../../kit/mongo/documents.ts';
import type { Entities, EntityName } from '../../model.ts';
import type { CheckoutsByCommit } from '../checkout-index.ts';
import type { NodeClient, StatsCache } from '../client.ts';
import { dummyArchitecture } from '../ids.ts';
import type { MaestroNode } from '../node.ts';
import { inherits } from '../projections.ts';
import { testPath } from '../suites.ts';
import type { TranslationContext } from '../translate.ts';
import { translateBuild, translateDummyBuild } from '../translate-build.ts';
import { translateCheckout } from '../translate-checkout.ts';
import { buildIdOf, translateTest } from '../translate-test.ts';
import { basesOf, type Descendants, type Lineage } from '../tree.ts';

/** What the queries are made of. */
export interface MaestroSource {
  readonly client: NodeClient;
  readonly stats: StatsCache;
  readonly lineage: Lineage;
  readonly descendants: Descendants;
  readonly byCommit: CheckoutsByCommit;
  readonly translation: TranslationContext;
}

/** A node that can become an object: of many only some may be needed. */
export interface Candidate<E extends EntityName> {
  /** Of a placeholder build its checkout. */
  readonly node: MaestroNode;
  /** Of the object. */
  readonly id: string;
  /** What it hangs on: the id of its build or checkout, or the commit. */
  readonly parent: string;
  /** Null where it is no object after all, which was told. */
  translate(): Entities[E] | null;
}

/** A node as an object. */
export interface Translated<E extends EntityName> {
  readonly node: MaestroNode;
  readonly object: Entities[E];
}

/** Those of the nodes that are of the entity, in their order; what is above tests is fetched. */
type Prepare<E extends EntityName> = (
  nodes: readonly MaestroNode[],
  source: MaestroSource,
  call: Call,
) => Promise<readonly Candidate<E>[]>;

const PREPARE: { readonly [E in EntityName]?: Prepare<E> } = {
  checkout: async (nodes, { translation, lineage }, call) => {
    lineage.add(nodes, false);
    return ofEntity(nodes, 'checkout').map((node) => ({
      node,
      id: translation.ids.ofNode(node.id),
      parent: textOf(node.revision?.commit)?.toLowerCase() ?? '',
      translate: () => translateCheckout(node, translation, call),
    }));
  },
  build: async (nodes, { translation, lineage }, call) => {
    lineage.add(nodes, false);
    return ofEntity(nodes, 'build').map((node) => ({
      node,
      id: translation.ids.ofNode(node.id),
      parent: translation.ids.ofNode(node.parent ?? ''),
      translate: () => translateBuild(node, translation, call),
    }));
  },
  test: async (nodes, { translation, lineage }, call) => {
    const isInherited = inherits(call.fields);
    const tests = ofEntity(nodes, 'test');
    lineage.add(tests, isInherited);
    const placed = await lineage.place(tests, isInherited, call);
    return placed.map((test) => ({
      node: test.node,
      id: translation.ids.ofNode(test.node.id),
      parent: buildIdOf(test, translation),
      translate: () => translateTest(test, translation, call),
    }));
  },
};

/** So many are translated before others get their turn. */
const SLICE = 200;

/** @throws {SourceError} for an entity that this source does not have */
export function candidates<E extends EntityName>(
  entity: E,
  nodes: readonly MaestroNode[],
  source: MaestroSource,
  call: Call,
): Promise<readonly Candidate<E>[]> {
  const prepare: Prepare<E> | undefined = PREPARE[entity];
  if (prepare === undefined) throw unsupported(`${entity}s`);
  return prepare(nodes, source, call);
}

/** Translates candidates in their order, until so many fit. */
export async function translateUntil<E extends EntityName>(
  some: readonly Candidate<E>[],
  limit: number,
  fits: (object: Entities[E]) => boolean,
): Promise<readonly Translated<E>[]> {
  const translated: Translated<E>[] = [];
  for (const [index, { node, translate }] of some.entries()) {
    if (translated.length >= limit) break;
    if (index % SLICE === SLICE - 1) await yieldToEventLoop();
    const object = translate();
    if (object !== null && fits(object)) translated.push({ node, object });
  }
  return translated;
}

/** Gives each of the nodes that are of the entity as an object, in their order. */
export async function translateNodes<E extends EntityName>(
  entity: E,
  nodes: readonly MaestroNode[],
  source: MaestroSource,
  call: Call,
): Promise<readonly Translated<E>[]> {
  return await translateUntil(await candidates(entity, nodes, source, call), nodes.length, () => true);
}

function unsupported(what: string): SourceError {
  return new SourceError('SOURCE_UNSUPPORTED', `Maestro's database cannot be asked for this: ${what}.`);
}

function ofEntity(nodes: readonly MaestroNode[], entity: MaestroNode['entity']): readonly MaestroNode[] {
  return nodes.filter((node) => node.entity === entity);
}

/**
 * The placeholder builds below checkouts, in the order of their ids: one for each architecture of the tests that hang
 * straight from a checkout.
 * @param tests those that hang from them, whole trees
 */
export function placeholders(
  checkouts: readonly MaestroNode[],
  tests: readonly MaestroNode[],
  { translation }: MaestroSource,
  call: Call,
): readonly Candidate<'build'>[] {
  const { ids, suites } = translation;
  const above = basesOf(tests, new Set(checkouts.map(({ id }) => id)));
  const shown = tests.filter((test) => test.hasData && testPath(test.path, false, suites) !== null);
  const byCheckout = Map.groupBy(shown, ({ id }) => above.get(id));
  return checkouts.flatMap((checkout) => {
    const hanging = byCheckout.get(checkout.id) ?? [];
    const architectures = new Set(hanging.map(({ data }) => dummyArchitecture(textOf(data.arch))));
    const made = [...architectures].map((architecture) => ({
      node: checkout,
      id: ids.ofDummy(checkout.id, architecture),
      parent: ids.ofNode(checkout.id),
      translate: () => translateDummyBuild(checkout, architecture, translation, call),
    }));
    return made.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  });
}
