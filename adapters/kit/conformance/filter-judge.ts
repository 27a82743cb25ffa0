import type { Page, PageItem } from '../../adapter.ts';
import { type Ancestry, type Filter, matches } from '../../filter.ts';
import type { EntityName } from '../../model.ts';
import { AncestryLoader } from './ancestry.ts';
import { identityOf } from './keys.ts';
import type { Sampler } from './sampler.ts';
import type { AnyObject, Session } from './session.ts';
import { fail, notJudged, pass, type Verdict } from './verdict.ts';

/** Holds what a filtered list gives against the reference evaluator. */
export class FilterJudge {
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
  async judge(
    where: Filter<EntityName>,
    page: Page<AnyObject>,
    all: readonly PageItem<AnyObject>[],
    complete: boolean,
  ): Promise<Verdict> {
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
      ? notJudged('The source does not tell what the filter reads.')
      : pass();
  }
}
