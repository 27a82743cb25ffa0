import {
  type Adapter,
  type Call,
  type Order,
  RELATION_NAMES,
  RELATION_TARGETS,
  type RelationName,
} from '../../../adapters/contract/adapter.ts';
import { allFields } from '../../../adapters/contract/fields.ts';
import type { FilterOperator } from '../../../adapters/contract/filter.ts';
import { ENTITY_NAMES, type Entities, type EntityName } from '../../../adapters/contract/model.ts';
import { asking } from '../asked-adapter.ts';
import { waitingCall } from './mongo-env.ts';

/** A read that an adapter declares. */
export interface NamedRead {
  readonly name: string;
  run(): Promise<unknown>;
}

/** Objects that the source has, and keys below which it has some. */
export interface Samples {
  readonly objects: { readonly [E in EntityName]?: readonly Entities[E][] };
  readonly keys: { readonly [R in RelationName]?: readonly string[] };
}

const FIRST = 20;
const WAIT_MS = 1_800_000;

/** Of every list the first page's objects, each order. */
export async function sampleOf(adapter: Adapter): Promise<Samples> {
  const objects: { [E in EntityName]?: readonly Entities[E][] } = {};
  const take = async <E extends EntityName>(entity: E): Promise<readonly Entities[E][]> => {
    const query = { where: null, first: FIRST, after: null };
    const pages = await Promise.all(
      (adapter.entities[entity]?.list?.order ?? []).map((order) =>
        asking(adapter).list(entity, { ...query, order }, callFor(entity)),
      ),
    );
    return pages.flatMap(({ items }) => items.map(({ object }) => object));
  };
  const [checkout, build, test, issue, incident] = await Promise.all([
    take('checkout'),
    take('build'),
    take('test'),
    take('issue'),
    take('incident'),
  ]);
  Object.assign(objects, { checkout, build, test, issue, incident });
  const idsOf = (some: readonly { readonly id: string }[]) => [...new Set(some.map(({ id }) => id))];
  const hashes = [...new Set(checkout.flatMap(({ gitCommitHash }) => gitCommitHash ?? []))];
  return {
    objects,
    keys: {
      checkoutsOfRevision: hashes,
      buildsOfCheckout: [...new Set(build.map(({ checkoutId }) => checkoutId))],
      testsOfBuild: [...new Set(test.map(({ buildId }) => buildId))],
      incidentsOfBuild: idsOf(build),
      incidentsOfTest: idsOf(test),
      incidentsOfIssue: idsOf(issue),
      versionsOfIssue: idsOf(issue),
      issuesOfRevision: hashes,
    },
  };
}

/** Every read that the capabilities declare, with keys and values that some objects have. */
export function readsOf(adapter: Adapter, { objects, keys }: Samples): readonly NamedRead[] {
  const reads: NamedRead[] = [];
  const { entities } = adapter;
  for (const entity of ENTITY_NAMES) {
    const capability = entities[entity];
    const some = objects[entity] ?? [];
    if (capability === undefined || some.length === 0) continue;
    const ids = [...new Set(some.map(({ id }) => id))].slice(0, FIRST);
    if (capability.get !== undefined)
      reads.push({ name: `${entity}s by id`, run: () => asking(adapter).get(entity, ids, callFor(entity)) });
    for (const order of capability.list?.order ?? []) {
      const list = (where: object | null) => listTwice(adapter, entity, where, order);
      reads.push({ name: `${entity}s, ${order}`, run: () => list(null) });
      for (const [field, operators] of Object.entries(capability.list?.filters ?? {})) {
        for (const operator of operators ?? []) {
          const condition = conditionOf(some, field, operator);
          if (condition === null) continue;
          reads.push({ name: `${entity}s by ${field} ${operator}, ${order}`, run: () => list({ [field]: condition }) });
        }
      }
    }
  }
  for (const name of RELATION_NAMES) {
    const capability = adapter.relations[name];
    if (capability === undefined) continue;
    const parents = (keys[name] ?? []).slice(0, Math.min(FIRST, capability.maxParents));
    if (parents.length === 0) continue;
    const target = RELATION_TARGETS[name];
    for (const order of capability.list?.order ?? []) {
      const query = { where: null, order, first: FIRST, after: null };
      reads.push({
        name: `${name}, ${order}`,
        run: () => asking(adapter).related(name, parents, query, callFor(target)),
      });
    }
    if (capability.count !== undefined) {
      const subject = { relation: name, parents, where: null };
      reads.push({
        name: `${name}, counted`,
        run: async () => await asking(adapter).count(subject, callFor(target)),
      });
    }
  }
  return reads;
}

/** A page, and the one behind it. */
async function listTwice<E extends EntityName>(adapter: Adapter, entity: E, where: object | null, order: Order) {
  const query = { where, order, first: FIRST };
  const page = await asking(adapter).list(entity, { ...query, after: null }, callFor(entity));
  const last = page.items.at(-1);
  if (last !== undefined && page.hasMore)
    await asking(adapter).list(entity, { ...query, after: last }, callFor(entity));
}

function conditionOf(objects: readonly object[], field: string, operator: FilterOperator): object | null {
  const values = objects.flatMap((object): unknown[] =>
    Reflect.get(object, field) === null ? [] : [Reflect.get(object, field)],
  );
  const texts = values.filter((value) => typeof value === 'string').toSorted();
  const [least, most] = [texts[0], texts.at(-1)];
  if (least === undefined || most === undefined) return null;
  if (operator === 'in') return { in: [...new Set(texts)].slice(0, 3) };
  if (operator === 'prefix') return { prefix: least.slice(0, 10) };
  return operator === 'range' ? { from: least, to: most } : null;
}

function callFor(entity: EntityName): Call {
  return waitingCall(WAIT_MS, allFields(entity));
}
