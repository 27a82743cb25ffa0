import { FILTER_FIELDS, type FilterOperator } from '../../filter.ts';
import type { EntityName } from '../../model.ts';

/** The operators that a field has by the contract; none where there is no such field. */
export function operatorsOf(entity: EntityName, field: string): readonly FilterOperator[] {
  const rules: Readonly<Record<string, { readonly operators: readonly FilterOperator[] }>> = FILTER_FIELDS[entity];
  return Object.hasOwn(rules, field) ? (rules[field]?.operators ?? []) : [];
}
