import type { Page, PageItem, RelationName } from '../../contract/adapter.ts';
import { type Ancestry, type Filter, type FilterOperator, matches } from '../../contract/filter.ts';
import type { Build, Checkout, EntityName } from '../../contract/model.ts';
import { fail, type Outcome, pass, skipped } from './report.ts';
import { identityOf, type Sampler } from './sampler.ts';
import type { Session } from './session.ts';
import type { AnyObject } from './subject.ts';

/** Holds what a filtered list gives against the reference evaluator. */
export class FilterReference {
  readonly #entity: EntityName;
  readonly #loader: AncestryLoader;
  readonly #ancestry = new Map<string, Ancestry>();

  constructor(session: Session, data: Sampler, entity: EntityName) {
    this.#entity = entity;
    this.#loader = new AncestryLoader(session, data);
  }

  async load(items: readonly PageItem<AnyObject>[]): Promise<void> {
    const unknown = items.map(({ object }) => object).filter(({ id }) => !this.#ancestry.has(id));
    if (unknown.length === 0) return;
    for (const [id, ancestry] of await this.#loader.load(this.#entity, unknown)) this.#ancestry.set(id, ancestry);
  }

  ancestryOf(object: AnyObject): Ancestry {
    return this.#ancestry.get(object.id) ?? {};
  }

  fits(object: AnyObject, where: Filter<EntityName>): boolean | null {
    return matches<EntityName>(this.#entity, object, where, this.ancestryOf(object));
  }

  /**
   * @param all what the list holds without the filter, in its order, as far as it is known
   * @param complete `all` is all there is
   */
  async check(
    where: Filter<EntityName>,
    page: Page<AnyObject>,
    all: readonly PageItem<AnyObject>[],
    complete: boolean,
  ): Promise<Outcome> {
    await this.load(page.items);
    const wrong = page.items.find(({ object }) => this.fits(object, where) === false);
    if (wrong !== undefined) {
      return fail('An object does not fit the filter by which it came.', { where, id: identityOf(wrong.object) });
    }
    const decided = all.map(({ object }) => ({ id: identityOf(object), fits: this.fits(object, where) }));
    const fitting = decided.filter(({ fits }) => fits === true).map(({ id }) => id);
    const got = new Set(page.items.map(({ object }) => identityOf(object)));
    const until = page.hasMore ? fitting.findLastIndex((id) => got.has(id)) : fitting.length;
    const lost = fitting.slice(0, Math.max(until, 0)).find((id) => !got.has(id));
    if (lost !== undefined) return fail('An object that fits the filter does not come.', { where, id: lost });
    if (complete && page.items.length === 0 && page.hasMore && fitting.length > 0) {
      return fail('Objects that fit the filter do not come.', { where, id: fitting[0] });
    }
    return decided.length > 0 && decided.every(({ fits }) => fits === null)
      ? skipped('The source does not tell what the filter reads.')
      : pass();
  }
}

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

/** Fields whose lists may hold null: nothing known yet. */
const NULLABLE: ReadonlySet<string> = new Set(['status', 'valid', 'present']);
const ABSENT_TEXT = 'no such value';

/**
 * Filters of one field to try, the most telling first, with values drawn from data: hits, misses, nulls, empty lists,
 * half-open bounds, other spellings of the same.
 */
export function filterVariants(
  field: string,
  operators: readonly FilterOperator[],
  values: readonly unknown[],
): readonly object[] {
  const drawn = values.flat().filter((value) => value !== null && value !== undefined);
  const variants: object[] = [];
  if (operators.includes('in')) variants.push(...inVariants(field, [...new Set(drawn)]));
  const texts = [...new Set(drawn.filter((value) => typeof value === 'string'))];
  if (operators.includes('prefix')) {
    const make = field === 'gitCommitHash' ? hashVariants : prefixVariants;
    variants.push(...make(texts, operators.includes('in')));
  }
  if (operators.includes('under')) variants.push(...underVariants(texts, operators.includes('in')));
  if (operators.includes('contains')) variants.push(...containsVariants(texts));
  if (operators.includes('range')) variants.push(...rangeVariants(drawn));
  if (operators.includes('is')) variants.push(...isVariants(field, drawn));
  return variants;
}

function inVariants(field: string, values: readonly unknown[]): object[] {
  const [first, second] = [values[Math.floor(values.length / 2)], values[0]];
  const absent = typeof (first ?? ABSENT_TEXT) === 'string' ? [ABSENT_TEXT] : [];
  const variants: object[] = [];
  if (first !== undefined) variants.push({ in: [first] });
  variants.push({ in: [] });
  if (NULLABLE.has(field)) variants.push({ in: [null] }, ...(first === undefined ? [] : [{ in: [null, first] }]));
  if (field === 'patchsetHash') variants.push({ in: [''] });
  if (first !== undefined && second !== first) variants.push({ in: [first, second] });
  if (typeof first === 'string') variants.push(...spellings(field, first).map((text) => ({ in: [text] })));
  if (absent.length > 0) variants.push({ in: absent }, { in: [...absent, ...(first === undefined ? [] : [first])] });
  return variants;
}

function spellings(field: string, text: string): readonly string[] {
  if (field === 'gitCommitHash' || field === 'patchsetHash') return text === '' ? [] : [text.toUpperCase()];
  if (field === 'gitRepositoryUrl') return [text.endsWith('.git') ? text.slice(0, -4) : `${text}.git`, `${text}/`];
  if (field === 'messageId') return text.startsWith('<') ? [text.slice(1, -1)] : [`<${text}>`];
  // Everything else is compared as it stands.
  return text.toUpperCase() === text ? [] : [text.toUpperCase()];
}

function hashVariants(texts: readonly string[], withIn: boolean): object[] {
  const [one, other = one] = texts;
  if (one === undefined || other === undefined) return [{ prefix: 'ffffffffffff' }];
  const both = withIn ? [{ in: [one], prefix: other.slice(0, 12) }] : [];
  const prefixes = [one.slice(0, 12), one.slice(0, 7).toUpperCase(), one, `${one}0`, 'ffffffffffff'];
  return [...prefixes.map((prefix) => ({ prefix })), ...both];
}

function prefixVariants(texts: readonly string[], withIn: boolean): object[] {
  const longest = longestOf(texts);
  if (longest === undefined || longest === '') return [{ prefix: ABSENT_TEXT }, { prefix: '' }];
  const half = longest.slice(0, Math.ceil(longest.length / 2));
  const prefixes = [
    half,
    longest,
    `${longest}0`,
    half.toUpperCase(),
    '',
    `${half.slice(0, -1)}%`,
    `${half.slice(0, -1)}_`,
  ];
  const both = withIn ? [{ in: texts.slice(0, 3), prefix: half }] : [];
  return [...prefixes.map((prefix) => ({ prefix })), ...both, { under: longest.split('.')[0], prefix: half }];
}

function containsVariants(texts: readonly string[]): object[] {
  const longest = longestOf(texts);
  if (longest === undefined || longest === '') return [{ contains: ABSENT_TEXT }, { contains: '' }];
  const inner = longest.slice(Math.floor(longest.length / 3), Math.ceil((2 * longest.length) / 3) + 1);
  const parts = [inner, inner.toUpperCase(), longest, `${longest}0`, '', '%', '_', '.'];
  return [...parts.map((contains) => ({ contains })), { contains: inner.toUpperCase(), prefix: longest.slice(0, 1) }];
}

function longestOf(texts: readonly string[]): string | undefined {
  return texts.toSorted((one, other) => other.length - one.length)[0];
}

function underVariants(texts: readonly string[], withIn: boolean): object[] {
  const deepest = texts.toSorted((one, other) => other.split('.').length - one.split('.').length)[0];
  if (deepest === undefined || deepest === '') return [{ under: ABSENT_TEXT }, { under: '' }];
  const [root = deepest] = deepest.split('.');
  const nodes = [root, deepest, root.slice(0, -1), `${deepest}.below`, '', `${root}%`, `${root}_`];
  const both = withIn ? [{ in: texts.slice(0, 3), under: root }] : [];
  return [...nodes.map((under) => ({ under })), ...both];
}

function rangeVariants(drawn: readonly unknown[]): object[] {
  const sorted = [...new Set(drawn)]
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .sort(ascending);
  const [low, middle, high] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  if (low === undefined || middle === undefined || high === undefined) return [{}];
  const bounds = [{ from: middle }, { to: middle }, { from: low, to: high }, { from: high }, { to: low }];
  return [...bounds, { from: middle, to: middle }, { from: high, to: low }, {}];
}

function ascending(one: string | number, other: string | number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function isVariants(field: string, drawn: readonly unknown[]): object[] {
  if (field !== 'culprit') return [{ is: true }, { is: false }];
  const layers = ['code', 'tool', 'harness'].flatMap((layer) => [{ [layer]: true }, { [layer]: false }]);
  const whole = drawn.filter((value) => typeof value === 'object').slice(0, 2);
  return [...layers, ...whole, { code: true, tool: true }, {}].map((is) => ({ is }));
}
