import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { limitExceeded } from './limits.ts';
import { isSelected } from './selections.ts';

/** The page size of a connection that names none: the schema's default, also where the client says null. */
const DEFAULT_PAGE = 25;
/** What is assumed of a list that takes no page size, such as the versions of an issue. */
const UNPAGED_LIST = 5;
/** What a source has to read a page for. */
const PAGE_FIELDS: ReadonlySet<string> = new Set(['nodes', 'edges', 'pageInfo']);
/** What a source has to count for, once a parent. */
const COUNT_FIELDS: ReadonlySet<string> = new Set(['totalCount', 'statusCounts']);
/** Counting on beyond it would say nothing more, and end in Infinity. */
const SATURATION = 1e12;

export interface CostQuestion {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** As graphql-js coerced them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * How many objects the page sizes of an operation allow. A connection of which `nodes`, `edges` or `pageInfo` is selected
 * costs its page size, each of its objects what is selected below it; `totalCount` and `statusCounts` cost 1 each. A list
 * without a page size costs 5, a single object 1, introspection and what has no identity of its own (scalars,
 * measurements) nothing.
 */
export function costOf({ schema, operation, fragments, variables }: CostQuestion): number {
  // By selection set and type, since a fragment may be spread many times over.
  const known = new Map<SelectionSetNode, Map<GraphQLCompositeType, number>>();
  const knownCounts = new Map<SelectionSetNode, number>();

  function ofSelections(selectionSet: SelectionSetNode, type: GraphQLCompositeType): number {
    const before = known.get(selectionSet)?.get(type);
    if (before !== undefined) return before;
    let cost = 0;
    for (const node of selectionSet.selections) if (isSelected(node, variables)) cost += ofSelection(node, type);
    cost = Math.min(cost, SATURATION);
    const costs = known.get(selectionSet) ?? new Map<GraphQLCompositeType, number>();
    known.set(selectionSet, costs.set(type, cost));
    return cost;
  }

  function ofSelection(node: SelectionNode, type: GraphQLCompositeType): number {
    if (node.kind === Kind.FIELD) return ofField(node, type);
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
    if (fragment === undefined) return 0;
    const condition = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
    return ofSelections(fragment.selectionSet, isCompositeType(condition) ? condition : type);
  }

  function ofField(node: FieldNode, parent: GraphQLCompositeType): number {
    const field = isUnionType(parent) ? undefined : parent.getFields()[node.name.value];
    const type = field && getNamedType(field.type);
    if (field === undefined || !isCompositeType(type) || node.selectionSet === undefined) return 0;
    const below = ofSelections(node.selectionSet, type);
    if (type.name.endsWith('Connection')) {
      const page = selectsPage(node.selectionSet) ? pageSize(field, node) * (1 + below) : 0;
      return page + countsOf(node.selectionSet);
    }
    // The objects of a connection are counted with its page size.
    if (parent.name.endsWith('Connection') || parent.name.endsWith('Edge') || !hasIdentity(type)) return below;
    return listLength(field, node) * (1 + below);
  }

  function pageSize(field: GraphQLField<unknown, unknown>, node: FieldNode): number {
    const first = argumentsOf(field, node).first;
    return typeof first === 'number' ? Math.max(0, first) : DEFAULT_PAGE;
  }

  function listLength(field: GraphQLField<unknown, unknown>, node: FieldNode): number {
    if (!isListType(getNullableType(field.type))) return 1;
    const ids = argumentsOf(field, node).ids;
    return Array.isArray(ids) ? ids.length : UNPAGED_LIST;
  }

  function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Record<string, unknown> {
    try {
      return getArgumentValues(field, node, variables);
    } catch {
      // A required argument that is null or absent: executing the field says so.
      return {};
    }
  }

  function selectsPage(selectionSet: SelectionSetNode, seen = new Set<string>()): boolean {
    return selectionSet.selections.some((node) => {
      if (!isSelected(node, variables)) return false;
      if (node.kind === Kind.FIELD) return PAGE_FIELDS.has(node.name.value);
      if (node.kind === Kind.INLINE_FRAGMENT) return selectsPage(node.selectionSet, seen);
      if (seen.has(node.name.value)) return false;
      seen.add(node.name.value);
      const fragment = fragments.get(node.name.value);
      return fragment !== undefined && selectsPage(fragment.selectionSet, seen);
    });
  }

  function countsOf(selectionSet: SelectionSetNode): number {
    const before = knownCounts.get(selectionSet);
    if (before !== undefined) return before;
    let counts = 0;
    for (const node of selectionSet.selections) {
      if (!isSelected(node, variables)) continue;
      if (node.kind === Kind.FIELD) {
        if (COUNT_FIELDS.has(node.name.value)) counts += 1;
        continue;
      }
      const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
      if (fragment !== undefined) counts += countsOf(fragment.selectionSet);
    }
    counts = Math.min(counts, SATURATION);
    knownCounts.set(selectionSet, counts);
    return counts;
  }

  const root = schema.getRootType(operation.operation);
  return root ? ofSelections(operation.selectionSet, root) : 0;
}

/** An error where the operation costs more than the limit. */
export function checkCost(question: CostQuestion, limit: number): GraphQLError | null {
  const cost = costOf(question);
  if (cost <= limit) return null;
  return limitExceeded(
    `The page sizes of the query allow ${cost >= SATURATION ? 'more than 10^12' : cost} objects; the limit is ${limit}. ` +
      'Ask for fewer with "first", and page through the rest.',
  );
}

function hasIdentity(type: GraphQLCompositeType): boolean {
  if (isInterfaceType(type)) return true;
  return isObjectType(type) && type.getInterfaces().some((other) => other.name === 'Node');
}
