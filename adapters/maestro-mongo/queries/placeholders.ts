import type { Call } from '../../adapter.ts';
import { textOf } from '../../kit/mongo/documents.ts';
import { dummyArchitecture } from '../ids.ts';
import { basesOf } from '../nodes/descendants.ts';
import type { MaestroNode } from '../nodes/node.ts';
import { testPath } from '../translate/test-path.ts';
import { translateDummyBuild } from '../translate/translate-dummy-build.ts';
import type { MaestroSource } from './source.ts';
import type { Candidate } from './translate-nodes.ts';

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
