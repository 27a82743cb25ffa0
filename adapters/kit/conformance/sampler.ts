import { type Order, type PageItem, RELATION_TARGETS } from '../../adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../model.ts';
import { keyOf, parentsIn } from './keys.ts';
import type { AnyObject, Session } from './session.ts';
import type { KnownObject } from './subject.ts';
import { listing, walk } from './walk.ts';

/** What was seen of an entity. */
export interface Sample {
  /** As listed, newest first; of issues the newest versions unless all were asked for. */
  readonly items: readonly PageItem<AnyObject>[];
  /** These are all there are. */
  readonly complete: boolean;
  /** The order in which the items stand; null where they were not listed. */
  readonly order: Order | null;
}

/** Looks at what the source holds, once an entity, for all behaviours. */
export class Sampler {
  readonly session: Session;
  readonly #samples = new Map<string, Promise<Sample>>();

  constructor(session: Session) {
    this.session = session;
  }

  sample(entity: EntityName, allVersions = false): Promise<Sample> {
    const key = `${entity} ${allVersions}`;
    const known = this.#samples.get(key) ?? this.#look(entity, allVersions);
    this.#samples.set(key, known);
    // A look that was cut short is taken again by the next behaviour, from its own share of the budget.
    known.catch(() => this.#samples.delete(key));
    return known;
  }

  /** The known objects of an entity; empty where the data is not known. */
  known(entity: EntityName): readonly KnownObject[] {
    return (this.session.subject.known ?? []).filter((known) => known.entity === entity);
  }

  async #look(entity: EntityName, allVersions: boolean): Promise<Sample> {
    const { session } = this;
    const capability = session.entity(entity);
    if (capability?.list) {
      const { maxPage, order } = capability.list;
      const limit = Math.max(this.known(entity).length, session.budget.sampleSize);
      const first: Order = order.includes('NEWEST') ? 'NEWEST' : 'OLDEST';
      const ask = listing(session, entity, { order: first, allVersions }, {});
      const { items, complete } = await walk(ask, Math.min(maxPage, 100), limit);
      return { items, complete, order: first };
    }
    const ids = this.known(entity).map(({ object }) => keyOf(entity, object));
    if (capability?.get && ids.length > 0) {
      const found = await session.get(entity, ids);
      const items = [...found].flatMap(([key, value]) => ('object' in value ? [{ ...value, tie: key }] : []));
      return { items, complete: false, order: null };
    }
    return { items: await this.#below(entity), complete: false, order: null };
  }

  /** What can only be reached from above. */
  async #below(entity: EntityName): Promise<readonly PageItem<AnyObject>[]> {
    const { session } = this;
    for (const relation of session.listedRelations) {
      const capability = session.relation(relation)?.list;
      if (RELATION_TARGETS[relation] !== entity || capability === undefined) continue;
      const [order = 'NEWEST'] = capability.order;
      const query = { where: null, order, first: Math.min(capability.maxPage, 20), after: null };
      for (const above of ENTITY_NAMES) {
        if (above === entity || !session.entity(above)?.list) continue;
        const parents = parentsIn(relation, above, (await this.sample(above)).items).slice(0, 10);
        if (parents.length === 0) continue;
        const pages = await session.related(relation, entity, parents, query);
        const items = [...pages.values()].flatMap((page) => ('items' in page ? page.items : []));
        if (items.length > 0) return items;
      }
    }
    return [];
  }
}
