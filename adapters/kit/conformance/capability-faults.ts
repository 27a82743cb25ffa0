import { type Adapter, RELATION_NAMES, RELATION_TARGETS } from '../../adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../model.ts';
import { operatorsOf } from './operators-of.ts';

const PAGINGS: readonly unknown[] = ['keyset', 'offset', 'full'];
const PRECISIONS: readonly unknown[] = ['exact', 'atLeast'];

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with what an adapter says of itself, as a sentence; null where nothing is. */
export function capabilityFault({ entities, relations }: Adapter): string | null {
  if (!isObject(entities) || !isObject(relations)) return 'entities and relations must be objects.';
  const [entityNames, relationNames]: (readonly string[])[] = [ENTITY_NAMES, RELATION_NAMES];
  const strange = Object.keys(entities).find((name) => !entityNames?.includes(name));
  if (strange !== undefined) return `There is no entity "${strange}".`;
  const other = Object.keys(relations).find((name) => !relationNames?.includes(name));
  if (other !== undefined) return `There is no relation "${other}".`;
  for (const entity of ENTITY_NAMES) {
    const source = entities[entity];
    if (source === undefined) continue;
    const fault = isObject(source) ? entityFault(entity, { ...source }) : 'it must be an object.';
    if (fault !== null) return `${entity}: ${fault}`;
  }
  for (const relation of RELATION_NAMES) {
    const source = relations[relation];
    if (source === undefined) continue;
    const entity = RELATION_TARGETS[relation];
    const fault = isObject(source)
      ? (atLeastOne('maxParents', source.maxParents) ?? commonFault(entity, { ...source }))
      : 'it must be an object.';
    if (fault !== null) return `${relation}: ${fault}`;
  }
  return null;
}

function entityFault(entity: EntityName, source: Fields): string | null {
  const { freshnessMs, get } = source;
  if (typeof freshnessMs !== 'number' || !Number.isFinite(freshnessMs) || freshnessMs < 0) {
    return 'freshnessMs must be a number of at least 0.';
  }
  const fault = isObject(get) ? (atLeastOne('maxKeys', get.maxKeys) ?? readFault('get', get)) : null;
  return fault ?? commonFault(entity, source);
}

function commonFault(entity: EntityName, { list, count, keys }: Fields): string | null {
  return (
    (isObject(list) ? (listFault(list) ?? readFault('list', list) ?? filterFault(entity, list.filters)) : null) ??
    (isObject(count) ? (countFault(count) ?? filterFault(entity, count.filters)) : null) ??
    keysFault(keys)
  );
}

function readFault(name: string, handler: Fields): string | null {
  return typeof handler.read === 'function' ? null : `${name}.read must be a function.`;
}

function countFault(count: Fields): string | null {
  if (!PRECISIONS.includes(count.precision)) return 'count.precision must be "exact" or "atLeast".';
  return readFault('count', count);
}

function keysFault(keys: unknown): string | null {
  if (keys === undefined) return null;
  if (!isObject(keys)) return `keys must be an object, not "${String(keys)}".`;
  for (const name of ['origins', 'notOrigins']) {
    const origins = keys[name];
    const isList = Array.isArray(origins) && origins.every((origin) => typeof origin === 'string');
    if (origins !== undefined && !isList) return `keys.${name} must be a list of texts.`;
  }
  if (keys.pattern === undefined) return null;
  try {
    new RegExp(String(keys.pattern), 'u');
    return null;
  } catch {
    return `keys.pattern must be a regular expression, not "${String(keys.pattern)}".`;
  }
}

function listFault(list: Fields): string | null {
  if (!PAGINGS.includes(list.paging)) return `paging must be keyset, offset or full, not "${String(list.paging)}".`;
  const orders: readonly unknown[] = Array.isArray(list.order) ? list.order : [];
  if (orders.length === 0 || orders.some((order) => order !== 'NEWEST' && order !== 'OLDEST')) {
    return 'order must name NEWEST, OLDEST or both.';
  }
  return atLeastOne('maxPage', list.maxPage);
}

function filterFault(entity: EntityName, filters: unknown): string | null {
  if (!isObject(filters)) return 'filters must be an object.';
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

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
