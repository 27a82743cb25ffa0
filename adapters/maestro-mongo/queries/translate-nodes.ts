import type { Call } from '../../adapter.ts';
import { SourceError } from '../../errors.ts';
import type { Entities, EntityName } from '../../model.ts';
import type { MaestroNode } from '../nodes/node.ts';
import { inherits } from '../nodes/projections.ts';
import { translateBuild } from '../translate/translate-build.ts';
import { translateCheckout } from '../translate/translate-checkout.ts';
import { translateTest } from '../translate/translate-test.ts';
import type { MaestroSource } from './source.ts';

/** A node as an object. */
export interface Translated<E extends EntityName> {
  readonly node: MaestroNode;
  readonly object: Entities[E];
}

/** Gives each of the nodes that are of the entity as an object, in their order; what is above tests is fetched. */
type Translate<E extends EntityName> = (
  nodes: readonly MaestroNode[],
  source: MaestroSource,
  call: Call,
) => Promise<readonly Translated<E>[]>;

const TRANSLATE: { readonly [E in EntityName]?: Translate<E> } = {
  checkout: async (nodes, { translation, lineage }, call) => {
    lineage.keep(nodes, false);
    return ofEntity(nodes, 'checkout').flatMap((node) => {
      const object = translateCheckout(node, translation, call);
      return object === null ? [] : [{ node, object }];
    });
  },
  build: async (nodes, { translation, lineage }, call) => {
    lineage.keep(nodes, false);
    return ofEntity(nodes, 'build').flatMap((node) => {
      const object = translateBuild(node, translation, call);
      return object === null ? [] : [{ node, object }];
    });
  },
  test: async (nodes, { translation, lineage }, call) => {
    const isInherited = inherits(call.fields);
    const tests = ofEntity(nodes, 'test');
    lineage.keep(tests, isInherited);
    const placed = await lineage.place(tests, isInherited, call);
    return placed.flatMap((test) => {
      const object = translateTest(test, translation, call);
      return object === null ? [] : [{ node: test.node, object }];
    });
  },
};

/** @throws {SourceError} for an entity that this source does not have */
export function translateNodes<E extends EntityName>(
  entity: E,
  nodes: readonly MaestroNode[],
  source: MaestroSource,
  call: Call,
): Promise<readonly Translated<E>[]> {
  const translate: Translate<E> | undefined = TRANSLATE[entity];
  if (translate === undefined) throw notHere(entity);
  return translate(nodes, source, call);
}

export function notHere(what: string): SourceError {
  return new SourceError('SOURCE_UNSUPPORTED', `Maestro's database cannot be asked for this: ${what}.`);
}

function ofEntity(nodes: readonly MaestroNode[], entity: MaestroNode['entity']): readonly MaestroNode[] {
  return nodes.filter((node) => node.entity === entity);
}
