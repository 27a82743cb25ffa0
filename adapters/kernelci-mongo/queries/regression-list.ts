import type { Call, Entities, Page, PageItem, PageQuery } from '../../kit/author.ts';
import { isId, toObjectId } from '../../kit/mongo/documents.ts';
import type { Statements } from '../client.ts';
import { REGRESSION_PROJECTION, type RegressionReader, type Told } from './regression-reader.ts';
import { warnOfCut } from './truncated.ts';

const LEAST = 50;
const ROUNDS = 40;

type Listed = 'issue' | 'incident';
/** What a document gives to the list, in an order of its own that never changes. */
type ItemsOf<E extends Listed> = (
  told: readonly Told[],
  statements: Statements,
) => Promise<ReadonlyMap<string, readonly Omit<PageItem<Entities[E]>, 'mark'>[]>>;

/**
 * A list in the order of the `_id` of documents of regressions: each is written once, when it happens, and no index leads
 * by its time. The mark is that `_id`, and the place among what the document gives.
 */
export async function regressionPage<E extends Listed>(
  reader: RegressionReader,
  { order, first, after }: PageQuery<E>,
  itemsOf: ItemsOf<E>,
  statements: Statements,
  call: Call,
): Promise<Page<Entities[E]>> {
  const isOldest = order === 'OLDEST';
  const place = markOf(after?.mark ?? '');
  const items: PageItem<Entities[E]>[] = [];
  let bound = place === null ? null : place.hex;
  let isInclusive = true;
  for (let round = 0; round < ROUNDS; round++) {
    const limit = Math.max(LEAST, first + 1 - items.length);
    const filter = bound === null ? everything() : { _id: { [operator(isOldest, isInclusive)]: toObjectId(bound) } };
    const query = { projection: REGRESSION_PROJECTION, sort: { _id: isOldest ? (1 as const) : (-1 as const) }, limit };
    const { documents, isCut } = await statements.find('test_regression', filter, query);
    const regressions = reader.read(documents, call);
    const told = await reader.told(regressions, statements, call);
    const chosen = regressions.flatMap(({ hex }) => told.get(hex) ?? []);
    const given = await itemsOf(chosen, statements);
    for (const { regression } of chosen) {
      for (const [index, item] of (given.get(regression.hex) ?? []).entries()) {
        if (place?.hex === regression.hex && index <= place.index) continue;
        items.push({ ...item, mark: `${regression.hex}.${index}` });
      }
    }
    if (!isCut || items.length > first) return { items: items.slice(0, first), hasMore: items.length > first };
    bound = String(documents.at(-1)?._id ?? bound);
    isInclusive = false;
  }
  warnOfCut(call, 'regressions that go on from earlier ones');
  return { items: items.slice(0, first), hasMore: true };
}

function everything() {
  return { _id: { $gte: toObjectId('0'.repeat(24)) } };
}

function operator(isOldest: boolean, isInclusive: boolean): string {
  return `$${isOldest ? 'g' : 'l'}t${isInclusive ? 'e' : ''}`;
}

function markOf(mark: string): { readonly hex: string; readonly index: number } | null {
  const [hex = '', index = ''] = mark.split('.');
  return isId(hex) && /^\d{1,9}$/.test(index) ? { hex, index: Number(index) } : null;
}
