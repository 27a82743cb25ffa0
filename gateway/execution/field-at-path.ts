import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

/**
 * The name that the schema gives the field at a path of the answer, which has aliases instead; null where the operation
 * has nothing there.
 */
export function fieldAtPath(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  path: readonly (string | number)[],
): string | null {
  let level: readonly SelectionSetNode[] = [operation.selectionSet];
  let name: string | null = null;
  for (const key of path) {
    if (typeof key === 'number') continue;
    const seen = new Set<string>();
    const fields = level.flatMap((selections) => [...fieldsOf(selections, fragments, seen)]);
    const here = fields.filter((field) => (field.alias ?? field.name).value === key);
    name = here[0]?.name.value ?? null;
    level = here.flatMap(({ selectionSet }) => selectionSet ?? []);
  }
  return name;
}

/** All fields of a selection set, those of its fragments included. */
function* fieldsOf(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  seen: Set<string>,
): Generator<Extract<SelectionSetNode['selections'][number], { readonly kind: Kind.FIELD }>> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) yield selection;
    else if (selection.kind === Kind.INLINE_FRAGMENT) yield* fieldsOf(selection.selectionSet, fragments, seen);
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment !== undefined) yield* fieldsOf(fragment.selectionSet, fragments, seen);
    }
  }
}
