import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Call } from '../../contract/adapter.ts';
import { SourceError } from '../../contract/errors.ts';
import type { Entities, EntityName } from '../../contract/model.ts';
import { textOf } from '../../kit/mongo/documents.ts';
import type { CheckoutsByCommit } from '../checkout-index.ts';
import type { NodeClient, StatsCache } from '../client.ts';
import { dummyArchitecture } from '../ids.ts';
import type { MaestroNode } from '../node.ts';
import { inherits } from '../projections.ts';
import { testPath } from '../suites.ts';
import { type TranslationContext, translateCheckout } from '../translate.ts';
import { translateBuild, translateDummyBuild } from '../translate-build.ts';
import { buildIdOf, translateTest } from '../translate-test.ts';
import { basesOf, type Descendants, type Lineage } from '../tree.ts';

/** The state that all queries share. */
export interface MaestroSource {
  readonly client: NodeClient;
  readonly stats: StatsCache;
  readonly lineage: Lineage;
  readonly descendants: Descendants;
  readonly byCommit: CheckoutsByCommit;
  readonly translation: TranslationContext;
}

/** A node that can become an object. It is translated only if a page needs it. */
export interface Candidate<E extends EntityName> {
  /** The checkout, for a placeholder build. */
  readonly node: MaestroNode;
  /** The id of the object. */
  readonly id: string;
  /** The id of its build or checkout, or its commit. */
  readonly parent: string;
  /** Null if the node is not a valid object; `call.warn` has been called. */
  translate(): Entities[E] | null;
}

/** A node as an object. */
export interface Translated<E extends EntityName> {
  readonly node: MaestroNode;
  readonly object: Entities[E];
}

/** The candidates of the entity among the nodes, in their order. Reads the ancestors of tests. */
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

/** The number of translations before the event loop runs. */
const SLICE = 200;

/** @throws {SourceError} for an entity that this source lacks */
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

/** Translates candidates in their order, until `limit` of them match. */
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

/** Translates the nodes of the entity, in their order. */
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
 * The placeholder builds below checkouts, ordered by id: one for each architecture of the tests directly below a
 * checkout.
 * @param tests all tests below the checkouts that are below no kbuild
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
