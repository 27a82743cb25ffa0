import type { Adapter } from '../../adapter.ts';
import { ENTITY_NAMES } from '../../model.ts';
import { operatorsOf } from './operators-of.ts';
import { isRelation } from './sampler.ts';

const PAGINGS: readonly unknown[] = ['keyset', 'offset', 'full'];
const COUNTS: readonly unknown[] = ['exact', 'estimate', null];

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with what an adapter says of itself, as a sentence; null where nothing is. */
export function capabilityFault(adapter: Adapter): string | null {
  const { capabilities } = adapter;
  if (!isPlain(capabilities)) return 'The capabilities are not plain data.';
  const names: readonly string[] = ENTITY_NAMES;
  const strange = Object.keys(capabilities.entities).find((name) => !names.includes(name));
  if (strange !== undefined) return `There is no entity "${strange}".`;
  for (const entity of ENTITY_NAMES) {
    const capability = capabilities.entities[entity];
    if (capability === undefined) continue;
    const fault = entityFault({ ...capability }, adapter) ?? filterFault(entity, capability.filters);
    if (fault !== null) return `${entity}: ${fault}`;
  }
  for (const [relation, capability] of Object.entries(capabilities.relations)) {
    if (!isRelation(relation)) return `There is no relation "${relation}".`;
    const fault = relationFault({ ...capability }, adapter);
    if (fault !== null) return `${relation}: ${fault}`;
  }
  return null;
}

function entityFault(capability: Fields, adapter: Adapter): string | null {
  const { freshnessMs, get, list } = capability;
  if (typeof freshnessMs !== 'number' || freshnessMs < 0) return 'freshnessMs must be a number of at least 0.';
  return (
    (isObject(get) ? atLeastOne('maxKeys', get.maxKeys) : null) ??
    (isObject(list) ? listFault(list) : null) ??
    commonFault(capability, adapter)
  );
}

function relationFault(capability: Fields, adapter: Adapter): string | null {
  return atLeastOne('maxParents', capability.maxParents) ?? listFault(capability) ?? commonFault(capability, adapter);
}

function listFault(list: Fields): string | null {
  if (!PAGINGS.includes(list.paging)) return `paging must be keyset, offset or full, not "${String(list.paging)}".`;
  const orders: readonly unknown[] = Array.isArray(list.order) ? list.order : [];
  if (orders.length === 0 || orders.some((order) => order !== 'NEWEST' && order !== 'OLDEST')) {
    return 'order must name NEWEST, OLDEST or both.';
  }
  return atLeastOne('maxPage', list.maxPage);
}

function commonFault(capability: Fields, adapter: Adapter): string | null {
  if (!COUNTS.includes(capability.count)) return 'count must be "exact", "estimate" or null.';
  if (capability.count !== null && typeof adapter.count !== 'function')
    return 'count is declared, and there is no such method.';
  if (capability.keys === undefined) return null;
  try {
    new RegExp(String(capability.keys));
    return null;
  } catch {
    return `keys must be a regular expression, not "${String(capability.keys)}".`;
  }
}

function filterFault(entity: (typeof ENTITY_NAMES)[number], filters: Fields): string | null {
  for (const [field, operators] of Object.entries(filters)) {
    const known: readonly unknown[] = operatorsOf(entity, field);
    if (known.length === 0) return `there is no filter "${field}".`;
    const declared: readonly unknown[] = Array.isArray(operators) ? operators : [];
    const strange = declared.find((operator) => !known.includes(operator));
    if (declared.length === 0) return `the filter "${field}" is declared without operators.`;
    if (strange !== undefined) return `the filter "${field}" has no operator "${String(strange)}".`;
  }
  return null;
}

function atLeastOne(name: string, value: unknown): string | null {
  return Number.isSafeInteger(value) && Number(value) >= 1 ? null : `${name} must be a whole number of at least 1.`;
}

/** Capabilities are a few levels deep; deeper than that nothing is looked at. */
function isPlain(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return !['function', 'symbol', 'bigint'].includes(typeof value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return false;
  return depth > 8 || Object.values(value).every((member) => isPlain(member, depth + 1));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
