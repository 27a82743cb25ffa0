import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** Selections that are looked at, those of a fragment again wherever it is merged with others. */
const MAX_VISITS = 100_000;
/** What it takes to compare two fields that have selections, where two without take 1: measured. */
const COMPOSITE = 10;

export interface RepeatedFields {
  /** The name that most fields of one selection set answer to. */
  readonly name: string;
  readonly count: number;
  /** What comparing all fields of one name with each other takes; 1 is about 0.1 microseconds. */
  readonly comparisons: number;
}

/**
 * Counts the fields that answer to one name in one selection set, as selection sets are merged when they are executed:
 * with those of the fragments in it, and below fields of one name as one. The document need not be valid.
 * graphql-js compares all fields of one name with each other. Null where selections merge in too many ways to tell.
 */
export function repeatedFields(document: DocumentNode): RepeatedFields | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  let most = { name: '', count: 0 };
  let comparisons = 0;
  let visits = 0;
  const known = new Set<string>();
  const ids = new Map<SelectionSetNode, number>();
  const waiting: SelectionSetNode[][] = [];

  /** Each combination of selection sets is looked at once, so that fragments cannot make it slow. */
  function add(selectionSets: readonly SelectionSetNode[]): void {
    for (const selectionSet of selectionSets) if (!ids.has(selectionSet)) ids.set(selectionSet, ids.size);
    const merged = [...new Set(selectionSets)];
    const key = merged
      .map((selectionSet) => ids.get(selectionSet) ?? 0)
      .sort((a, b) => a - b)
      .join();
    if (known.has(key)) return;
    known.add(key);
    waiting.push(merged);
  }

  /** The fields of selection sets, by the name that they answer to. */
  function fieldsOf(selectionSets: readonly SelectionSetNode[]): ReadonlyMap<string, readonly FieldNode[]> {
    const fields = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    const open = [...selectionSets];
    for (let selectionSet = open.pop(); selectionSet !== undefined; selectionSet = open.pop()) {
      visits += selectionSet.selections.length;
      for (const node of selectionSet.selections) {
        if (node.kind === Kind.FIELD) {
          const name = node.alias?.value ?? node.name.value;
          const ofName = fields.get(name);
          if (ofName === undefined) fields.set(name, [node]);
          else ofName.push(node);
        } else if (node.kind === Kind.INLINE_FRAGMENT) {
          open.push(node.selectionSet);
        } else if (!spread.has(node.name.value)) {
          spread.add(node.name.value);
          const fragment = fragments.get(node.name.value);
          if (fragment !== undefined) open.push(fragment.selectionSet);
        }
      }
    }
    return fields;
  }

  for (const definition of document.definitions) if ('selectionSet' in definition) add([definition.selectionSet]);
  for (let merged = waiting.pop(); merged !== undefined; merged = waiting.pop()) {
    for (const [name, fields] of fieldsOf(merged)) {
      if (fields.length > most.count) most = { name, count: fields.length };
      const below = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
      comparisons += ((fields.length * (fields.length - 1)) / 2) * (below.length > 0 ? COMPOSITE : 1);
      if (below.length > 0) add(below);
    }
    if (visits > MAX_VISITS) return null;
  }
  return { ...most, comparisons };
}
