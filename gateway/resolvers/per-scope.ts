import { type Scope, type Scoped, scopeOf } from '../federation/scope.ts';

/**
 * Asks for the parents of each scope together. One field of a document can have parents of several: a fragment may be
 * spread below root fields that name different sources.
 */
export async function perScope<Parent extends Scoped, Value>(
  parents: readonly Parent[],
  ask: (scope: Scope, indices: readonly number[]) => Promise<readonly Value[]>,
): Promise<readonly Value[]> {
  const groups = new Map<Scope, number[]>();
  parents.forEach((parent, index) => {
    const scope = scopeOf(parent);
    const indices = groups.get(scope);
    if (indices === undefined) groups.set(scope, [index]);
    else indices.push(index);
  });
  const values: Value[] = new Array(parents.length);
  await Promise.all(
    [...groups].map(async ([scope, indices]) => {
      const answers = await ask(scope, indices);
      indices.forEach((index, at) => {
        values[index] = answers[at]!;
      });
    }),
  );
  return values;
}
