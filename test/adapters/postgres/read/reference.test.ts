import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Page,
  type PageItem,
  type Place,
  RELATION_TARGETS,
  type RelationName,
} from '../../../../adapters/contract/adapter.ts';
import { allFields } from '../../../../adapters/contract/fields.ts';
import { ENTITY_NAMES, type Entities, type EntityName } from '../../../../adapters/contract/model.ts';
import { asking } from '../../../support/asked-adapter.ts';
import { crowdedObjects, VALUES } from '../../../support/crowded-objects.ts';
import { type KnownStore, knownStore } from '../../../support/known-store.ts';
import { usePostgres } from '../../../support/postgres.ts';
import { callFor } from '../../../support/postgres-source.ts';
import { Random } from '../../../support/random.ts';
import { filterMakers, randomFilter } from '../../../support/random-filters.ts';

const ORDERS = ['NEWEST', 'OLDEST'] as const;
const RELATIONS = Object.keys(RELATION_TARGETS).filter((name): name is RelationName => name in RELATION_TARGETS);

const postgres = usePostgres();
let store: KnownStore;

beforeAll(async () => {
  store = await knownStore(await postgres.migrated(), crowdedObjects(7, 400));
});

afterAll(() => store.source.stop());

/** What two answers must have in common, without the conflicts that only the store has. */
function placed(items: readonly PageItem<Entities[EntityName]>[]) {
  return items.map(({ object, time, tie }) => ({ object, time, tie }));
}

function parentsOf(relation: RelationName, random: Random): string[] {
  if (relation.endsWith('OfRevision')) {
    return VALUES.hashes.flatMap((hash) => [hash, `${hash.toUpperCase()}+${VALUES.patchsets[1]}`]);
  }
  if (relation === 'versionsOfIssue' || relation === 'incidentsOfIssue') {
    return [...store.ids.issue.slice(0, 10), `10@${random.pick(store.ids.issue)}`, '99@alder:never', 'alder:never'];
  }
  const parent =
    relation === 'buildsOfCheckout' || relation === 'testsOfCheckout'
      ? 'checkout'
      : relation.endsWith('Test')
        ? 'test'
        : 'build';
  return [...random.some(store.ids[parent]), 'alder:never', 'a\0b'];
}

describe.each(ENTITY_NAMES)('what the store holds of a %s', (entity) => {
  it('comes back by id as it was sent, in one statement', async () => {
    const ids = [...store.ids[entity], 'alder:never', 'a\0b'];
    const before = store.statements();
    const found = await asking(store.source).get(entity, ids, callFor(allFields(entity)));
    expect(store.statements() - before).toBe(1);
    expect(found).toEqual(await store.oracle.get(entity, ids, callFor(allFields(entity))));
  });

  it.each(ORDERS)('lists %s like the reference for any filter, page by page', async (order) => {
    const random = new Random(order.length + entity.length * 31);
    const makers = filterMakers(store.ids)[entity];
    for (let round = 0; round < 60; round++) {
      const where = randomFilter(makers, random);
      const allVersions = random.chance(0.5);
      const call = callFor(allFields(entity));
      const query = { where, order, allVersions, first: 1 + random.below(60), after: null };
      const whole = await store.oracle.list(entity, { ...query, first: 10_000 }, call);
      const walked: PageItem<Entities[EntityName]>[] = [];
      let after: Place | null = null;
      for (;;) {
        const page: Page<Entities[EntityName]> = await asking(store.source).list(entity, { ...query, after }, call);
        walked.push(...page.items);
        expect(page.items.length).toBeLessThanOrEqual(query.first);
        after = page.items.at(-1) ?? null;
        if (!page.hasMore || after === null) break;
      }
      expect(placed(walked), JSON.stringify({ where, allVersions, first: query.first })).toEqual(placed(whole.items));
      const counts = await asking(store.source).count?.({ entity, where, allVersions }, call);
      expect(counts, JSON.stringify({ where, allVersions })).toEqual(
        await store.oracle.count({ entity, where, allVersions }, call),
      );
    }
  });
});

describe.each(RELATIONS)('%s', (relation) => {
  const entity = RELATION_TARGETS[relation];

  it.each(ORDERS)('gives %s below every parent like the reference, in one statement', async (order) => {
    const random = new Random(relation.length * 7 + order.length);
    const makers = filterMakers(store.ids)[entity];
    for (let round = 0; round < 25; round++) {
      const where = randomFilter<EntityName>(makers, random);
      const parents = parentsOf(relation, random);
      const call = callFor(allFields(entity));
      const start = await store.oracle.related(relation, parents, { where, order, first: 10_000, after: null }, call);
      const places = [...start.values()].flatMap((page) => page.items);
      const after = places.length > 0 && random.chance(0.5) ? random.pick(places) : null;
      const query = { where, order, first: 1 + random.below(8), after };
      const before = store.statements();
      const pages = await asking(store.source).related(relation, parents, query, call);
      expect(store.statements() - before).toBeLessThanOrEqual(1);
      const expected = await store.oracle.related(relation, parents, query, call);
      expect(pages, JSON.stringify({ where, parents, query })).toEqual(expected);
      const counts = await asking(store.source).count?.({ relation, parents, where }, call);
      expect(counts, JSON.stringify({ where, parents })).toEqual(
        await store.oracle.count({ relation, parents, where }, call),
      );
    }
  });
});
