import type { RelationName } from '../../adapter.ts';
import type { Ancestry } from '../../filter.ts';
import type { Build, Checkout, EntityName } from '../../model.ts';
import type { Sampler } from './sampler.ts';
import type { AnyObject, Session } from './session.ts';

/** Loads what filters read beside the object itself; what the source cannot tell is left out, and so undecided. */
export class AncestryLoader {
  readonly #session: Session;
  readonly #data: Sampler;

  constructor(session: Session, data: Sampler) {
    this.#session = session;
    this.#data = data;
  }

  async load(entity: EntityName, objects: readonly AnyObject[]): Promise<ReadonlyMap<string, Ancestry>> {
    if (entity !== 'build' && entity !== 'test') return new Map();
    const buildIds = objects.flatMap((object) => ('buildId' in object && object.buildId ? [object.buildId] : []));
    const builds = entity === 'test' ? await this.#parents('build', buildIds) : new Map<string, AnyObject | null>();
    const own = (object: AnyObject) =>
      entity === 'build' ? object : 'buildId' in object && builds.get(object.buildId ?? '');
    const checkoutIds = objects.flatMap((object) => {
      const build = own(object);
      return build && 'checkoutId' in build ? [build.checkoutId] : [];
    });
    const checkouts = await this.#parents('checkout', checkoutIds);
    const incidents = await this.#incidents(entity, objects);
    return new Map(
      objects.map((object) => {
        const build = own(object);
        const checkout =
          build === null ? null : build && 'checkoutId' in build ? checkouts.get(build.checkoutId) : undefined;
        const hasIncident = incidents.get(object.id);
        return [
          object.id,
          {
            ...(entity === 'test' && isBuildOrNull(build) ? { build } : {}),
            ...(isCheckoutOrNull(checkout) ? { checkout } : {}),
            ...(hasIncident === undefined ? {} : { hasIncident }),
          },
        ] as const;
      }),
    );
  }

  async #parents(entity: EntityName, ids: readonly string[]): Promise<ReadonlyMap<string, AnyObject | null>> {
    const { items, complete } = await this.#data.sample(entity);
    const byId = new Map(items.map(({ object }) => [object.id, object]));
    const wanted = [...new Set(ids)];
    const unknown = wanted.filter((id) => !byId.has(id));
    const canGet = this.#session.entity(entity)?.get;
    const found = !complete && canGet && unknown.length > 0 ? await this.#session.get(entity, unknown) : null;
    const entries = wanted.flatMap((id) => {
      const listed = byId.get(id);
      if (listed !== undefined) return [[id, listed] as const];
      if (complete) return [[id, null] as const];
      const value = found?.get(id);
      if (found === null || value instanceof Error) return [];
      return [[id, value === undefined ? null : value.object] as const];
    });
    return new Map(entries);
  }

  async #incidents(entity: 'build' | 'test', objects: readonly AnyObject[]): Promise<ReadonlyMap<string, boolean>> {
    const { items, complete } = await this.#data.sample('incident');
    const key = entity === 'build' ? 'buildId' : 'testId';
    if (complete && this.#session.entity('incident')?.list) {
      const having = new Set(items.filter(isPresent).map(({ object }) => Reflect.get(object, key)));
      return new Map(objects.map(({ id }) => [id, having.has(id)]));
    }
    const relation: RelationName = entity === 'build' ? 'incidentsOfBuild' : 'incidentsOfTest';
    const capability = this.#session.relation(relation)?.list;
    const [order] = capability?.order ?? [];
    if (capability === undefined || order === undefined || objects.length === 0) return new Map();
    const ids = objects.map(({ id }) => id);
    const first = Math.min(capability.maxPage, MAX_INCIDENTS);
    const pages = await this.#session.related(relation, 'incident', ids, { where: null, order, first, after: null });
    return new Map(
      ids.flatMap((id) => {
        const page = pages.get(id) ?? { items: [], hasMore: false };
        if (!('items' in page)) return [];
        const has = page.items.some(isPresent);
        return has || !page.hasMore ? [[id, has] as const] : [];
      }),
    );
  }
}

/** Of one object so many are looked through for one that is present. */
const MAX_INCIDENTS = 100;

function isPresent({ object }: { readonly object: AnyObject }): boolean {
  return 'present' in object && object.present === true;
}

function isBuildOrNull(object: unknown): object is Build | null {
  return object === null || (typeof object === 'object' && 'checkoutId' in object);
}

function isCheckoutOrNull(object: unknown): object is Checkout | null {
  return object === null || (typeof object === 'object' && 'gitCommitHash' in object);
}
