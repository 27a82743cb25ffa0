import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
  visit,
} from 'graphql';
import type { Selection } from '../federation/field-set.ts';

type Scope = Pick<GraphQLResolveInfo, 'fragments' | 'variableValues'>;

/** Gathers field nodes by field name: the union over type conditions, without what `@skip` and `@include` leave out. */
class FieldSelection implements Selection {
  readonly #scope: Scope;
  readonly #nodes = new Map<string, FieldNode[]>();
  readonly #below = new Map<string, Selection>();
  readonly fields: ReadonlySet<string>;

  constructor(scope: Scope, nodes: readonly FieldNode[]) {
    this.#scope = scope;
    const spread = new Set<string>();
    for (const node of nodes) if (node.selectionSet) this.#collect(node.selectionSet, spread);
    this.fields = new Set(this.#nodes.keys());
  }

  below(field: string): Selection {
    let selection = this.#below.get(field);
    if (selection === undefined) {
      selection = new FieldSelection(this.#scope, this.#nodes.get(field) ?? []);
      this.#below.set(field, selection);
    }
    return selection;
  }

  #collect(selectionSet: SelectionSetNode, spread: Set<string>): void {
    for (const node of selectionSet.selections) {
      if (!isSelected(node, this.#scope.variableValues)) continue;
      if (node.kind === Kind.FIELD) {
        const name = node.name.value;
        if (name === '__typename') continue;
        const nodes = this.#nodes.get(name);
        if (nodes === undefined) this.#nodes.set(name, [node]);
        else nodes.push(node);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        this.#collect(node.selectionSet, spread);
      } else if (!spread.has(node.name.value)) {
        spread.add(node.name.value);
        const fragment = this.#scope.fragments[node.name.value];
        if (fragment !== undefined) this.#collect(fragment.selectionSet, spread);
      }
    }
  }
}

// Kept with the document, since its store hands over nothing but the document, and drops both together.
const conditional = new WeakMap<OperationDefinitionNode, boolean>();
const selections = new WeakMap<readonly FieldNode[], Selection>();

/** What is selected below a field. Kept with the document where it does not depend on variables. */
export function fieldSelection(info: GraphQLResolveInfo): Selection {
  let depends = conditional.get(info.operation);
  if (depends === undefined) {
    depends = hasDirectives(info.operation, Object.values(info.fragments));
    conditional.set(info.operation, depends);
  }
  if (depends) return new FieldSelection(info, info.fieldNodes);
  let selection = selections.get(info.fieldNodes);
  if (selection === undefined) {
    selection = new FieldSelection({ fragments: info.fragments, variableValues: {} }, info.fieldNodes);
    selections.set(info.fieldNodes, selection);
  }
  return selection;
}

function hasDirectives(operation: OperationDefinitionNode, fragments: readonly FragmentDefinitionNode[]): boolean {
  let found = false;
  for (const definition of [operation, ...fragments]) {
    visit(definition, {
      Directive() {
        found = true;
      },
    });
  }
  return found;
}

/** As graphql-js coerced them: with defaults. */
type Variables = Readonly<Record<string, unknown>>;

/**
 * Whether `@skip` and `@include` leave a selection in. A condition without a value (null for a variable that has a
 * default) leaves it in: graphql-js gives the error for it when it executes the selection.
 */
export function isSelected({ directives }: SelectionNode, variables: Variables): boolean {
  if (directives === undefined || directives.length === 0) return true;
  return directives.every((directive) => {
    const node = conditionOf(directive);
    if (node === null) return true;
    return booleanOf(node, variables) !== (directive.name.value === GraphQLSkipDirective.name);
  });
}

/** The variables that decide what an operation selects, each once, in the order of the document. */
export function conditionVariables(document: DocumentNode, operation: OperationDefinitionNode): readonly string[] {
  const fragments = fragmentsByName(document);
  const names = new Set<string>();
  const spread = new Set<string>();

  function collect(selectionSet: SelectionSetNode): void {
    for (const selection of selectionSet.selections) {
      for (const directive of selection.directives ?? []) {
        const node = conditionOf(directive);
        if (node?.kind === Kind.VARIABLE) names.add(node.name.value);
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD) {
        if (selection.selectionSet !== undefined) collect(selection.selectionSet);
      } else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) collect(fragment.selectionSet);
      }
    }
  }

  collect(operation.selectionSet);
  return [...names];
}

/**
 * A copy of a document with one operation and what the values of the variables leave of it: no conditions, no other
 * operations, no fragments that are not used. It shares no selection with the document, and keeps all locations.
 */
export function withoutConditions(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): DocumentNode {
  const fragments = fragmentsByName(document);
  const used = new Map<string, FragmentDefinitionNode | null>();

  function copySelections(selectionSet: SelectionSetNode): SelectionSetNode {
    const selected = selectionSet.selections.filter((selection) => isSelected(selection, variables));
    return { ...selectionSet, selections: selected.map(copySelection) };
  }

  function copySelection(selection: SelectionNode): SelectionNode {
    const copy = { ...selection, directives: [] };
    if (copy.kind === Kind.FRAGMENT_SPREAD) {
      useFragment(copy.name.value);
      return copy;
    }
    if (copy.kind === Kind.INLINE_FRAGMENT) return { ...copy, selectionSet: copySelections(copy.selectionSet) };
    return copy.selectionSet === undefined ? copy : { ...copy, selectionSet: copySelections(copy.selectionSet) };
  }

  function useFragment(name: string): void {
    const fragment = fragments.get(name);
    if (fragment === undefined || used.has(name)) return;
    // Before its selections, which may spread it again in a document that is not valid.
    used.set(name, null);
    used.set(name, { ...fragment, directives: [], selectionSet: copySelections(fragment.selectionSet) });
  }

  const copy = { ...operation, directives: [], selectionSet: copySelections(operation.selectionSet) };
  return { ...document, definitions: [copy, ...[...used.values()].filter((fragment) => fragment !== null)] };
}

/** The condition of `@skip` or `@include`; null for another directive. */
function conditionOf({ name, arguments: args }: DirectiveNode): ValueNode | null {
  if (name.value !== GraphQLSkipDirective.name && name.value !== GraphQLIncludeDirective.name) return null;
  return args?.find((argument) => argument.name.value === 'if')?.value ?? null;
}

/** A boolean, or undefined where there is none. */
function booleanOf(node: ValueNode, variables: Variables): boolean | undefined {
  const value = node.kind === Kind.VARIABLE ? variables[node.name.value] : 'value' in node ? node.value : undefined;
  return typeof value === 'boolean' ? value : undefined;
}

function fragmentsByName(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}
