import type { Order } from '../../../contract/adapter.ts';
import { ENTITY_NAMES, type EntityName } from '../../../contract/model.ts';
import { type Behaviour, combine, fail, type Outcome, outcomeOf, pass, skipped } from '../report.ts';
import { identityOf, listing, type Sampler, walk } from '../sampler.ts';
import type { Session } from '../session.ts';

const SIZES = [1, 2, 7, 100] as const;

export const paging: Behaviour = {
  name: 'paging',
  promise: 'Pages of any size, in each order, lose nothing and repeat nothing on the way to the end.',
  async run(session, data) {
    const parts: [string, Outcome][] = [];
    for (const entity of ENTITY_NAMES) {
      const list = session.entity(entity)?.list;
      for (const order of list?.order ?? []) {
        const sizes = new Set(SIZES.map((size) => Math.min(size, list?.maxPage ?? 1)));
        parts.push([`${entity} ${order}`, await outcomeOf(() => check(session, data, entity, order, [...sizes]))]);
      }
    }
    return combine(parts);
  },
};

async function check(
  session: Session,
  data: Sampler,
  entity: EntityName,
  order: Order,
  sizes: readonly number[],
): Promise<Outcome> {
  const sample = await data.sample(entity);
  // What a small page needs to pass through is bounded by what the budget still allows.
  const few = session.subject.known !== undefined ? 40 : 4;
  let reference: readonly string[] | null = null;
  for (const size of sizes.toReversed()) {
    const limit = size < 7 || few < 40 ? Math.min(few * Math.min(size, 7), sample.items.length) : sample.items.length;
    const ask = listing(session, entity, { order });
    const { items, complete } = await walk(ask, size, limit);
    const ids = items.map(({ object }) => identityOf(object));
    const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
    if (repeated !== undefined) return fail('An object came twice.', { pageSize: size, object: repeated });
    if (complete && sample.complete) {
      const lost =
        missing(
          sample.items.map(({ object }) => identityOf(object)),
          ids,
        ) ?? lostKnown(data, entity, ids);
      if (lost !== null) return fail('An object was lost between pages.', { pageSize: size, object: lost });
    }
    reference ??= ids;
    const common = Math.min(ids.length, reference.length);
    const differs = ids.slice(0, common).findIndex((id, index) => id !== reference?.[index]);
    if (differs !== -1) {
      const evidence = { pageSize: size, index: differs, object: ids[differs], otherwise: reference[differs] };
      const isElsewhere = reference.includes(ids[differs] ?? '');
      return fail(
        `Pages of another size give ${isElsewhere ? 'objects in another order' : 'other objects'}.`,
        evidence,
      );
    }
  }
  return sample.items.length === 0 ? skipped('There is nothing in the list.') : pass();
}

function missing(wanted: readonly string[], had: readonly string[]): string | null {
  const set = new Set(had);
  return wanted.find((id) => !set.has(id)) ?? null;
}

/** Of issues only the newest versions are in the list. */
function lostKnown(data: Sampler, entity: EntityName, had: readonly string[]): string | null {
  if (entity !== 'issue')
    return missing(
      data.known(entity).map(({ object }) => object.id),
      had,
    );
  const withoutVersions = had.map((key) => key.slice(key.indexOf('@') + 1));
  return missing(
    data.known(entity).map(({ object }) => object.id),
    withoutVersions,
  );
}
