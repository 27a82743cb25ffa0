import { type Adapter, CONTRACT, RELATION_NAMES, RELATION_TARGETS } from '../../../contract/adapter.ts';
import { allFields } from '../../../contract/fields.ts';
import { FILTER_FIELDS, type FilterOperator } from '../../../contract/filter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { type Behaviour, fail, type Outcome, pass } from '../report.ts';
import { type Session, Stopped, sourceCode } from '../session.ts';

export const capabilities: Behaviour = {
  name: 'capabilities',
  promise: `What an adapter declares is as contract ${CONTRACT} says, and is there.`,
  async run(session) {
    const fault = capabilityFault(session.adapter);
    if (fault !== null) return fail(fault);
    for (const [what, ask] of declaredCalls(session)) {
      const outcome = await check(what, ask);
      if (outcome.outcome === 'fail') return outcome;
    }
    return pass();
  },
};

function declaredCalls(session: Session): readonly (readonly [string, () => Promise<unknown>])[] {
  const calls: (readonly [string, () => Promise<unknown>])[] = [];
  for (const entity of ENTITY_NAMES) {
    const { get, list, count } = session.entity(entity) ?? {};
    if (get) calls.push([`get(${entity})`, () => session.get(entity, ['absent:0'])]);
    for (const order of list?.order ?? []) {
      const query = { where: null, order, first: 1, after: null };
      calls.push([`list(${entity}) ${order}`, () => session.list(entity, query)]);
    }
    if (count) calls.push([`count(${entity})`, () => session.count(entity)]);
  }
  for (const relation of RELATION_NAMES) {
    const { list, count } = session.relation(relation) ?? {};
    const parents = [relation.endsWith('OfRevision') ? '0123456789'.repeat(4) : 'absent:0'];
    for (const wanted of list?.order ?? []) {
      const query = { where: null, order: wanted, first: 1, after: null };
      const ask = () => session.related(relation, RELATION_TARGETS[relation], parents, query);
      calls.push([`${relation} ${wanted}`, ask]);
    }
    if (count) calls.push([`count(${relation})`, () => session.countBelow(relation, parents)]);
  }
  return calls;
}

async function check(what: string, ask: () => Promise<unknown>): Promise<Outcome> {
  try {
    const answer = await ask();
    const values = answer instanceof Map ? [...answer.values()] : [];
    const unsupported = values.find((value) => sourceCode(value) === 'SOURCE_UNSUPPORTED');
    return unsupported === undefined
      ? pass()
      : fail(`${what} is declared and not supported.`, { error: String(unsupported) });
  } catch (error) {
    if (error instanceof Stopped) throw error;
    if (sourceCode(error) !== 'SOURCE_UNSUPPORTED') return pass();
    return fail(`${what} is declared and not supported.`, { error: String(error) });
  }
}

/** The operators that a field has by the contract; none where there is no such field. */
export function operatorsOf(entity: EntityName, field: string): readonly FilterOperator[] {
  const rules: Readonly<Record<string, { readonly operators: readonly FilterOperator[] }>> = FILTER_FIELDS[entity];
  return Object.hasOwn(rules, field) ? (rules[field]?.operators ?? []) : [];
}

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
      ? (atLeastOne('maxParents', source.maxParents) ??
        requestsFault(entity, source.requests) ??
        commonFault(entity, { ...source }))
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
  const fault = isObject(get)
    ? (atLeastOne('maxKeys', get.maxKeys) ?? requestsFault(entity, get.requests) ?? readFault('get', get))
    : null;
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

function requestsFault(entity: EntityName, requests: unknown): string | null {
  if (requests === undefined) return null;
  if (!isObject(requests)) return 'requests must be an object.';
  const { perBatch, forFields = {} } = requests;
  if (!isObject(forFields)) return 'requests.forFields must be an object.';
  for (const [field, more] of Object.entries(forFields)) {
    if (!allFields(entity).has(field)) return `requests.forFields names "${field}", which a ${entity} does not have.`;
    const fault = atLeastOne(`requests.forFields.${field}`, more);
    if (fault !== null) return fault;
  }
  return atLeastOne('requests.perBatch', perBatch);
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
