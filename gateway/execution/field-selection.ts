import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { Selection } from '../federation/selection.ts';
import { isSelected } from './conditions.ts';

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
