import { SourceError } from '../../adapters/errors.ts';
import type { EntityName, StatusCounts } from '../../adapters/model.ts';
import type { ListedSource, ListPart, ListPlace, ListSubject } from './list-subject.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import { entitySource, relationSource } from './select-sources.ts';
import { splitFilter } from './source-filter.ts';
import { addCounts, NO_COUNTS } from './verdict.ts';

/** Failed, or the source does not count such a list. */
export type Counted = StatusCounts | 'failed' | 'uncountable';

/** What a source counts of a list by itself. Its failure is reported. */
export async function countInSource<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  { source, countParts }: ListedSource<E>,
): Promise<Counted> {
  if (countParts === null || !countParts.every((part) => isCounted(source, subject, part))) return 'uncountable';
  const answers = await Promise.all(
    countParts.map(({ relation, parent, where }) => {
      const asked = { entity: subject.entity, relation, where, allVersions: subject.allVersions };
      return context.loaders.counts(source, asked).load({ key: parent, path: place.path });
    }),
  );
  let sum = NO_COUNTS;
  for (const counts of answers) {
    if (counts instanceof SourceError) {
      context.report.fail(source.name, counts, place.path);
      return 'failed';
    }
    sum = addCounts(sum, counts);
  }
  return sum;
}

function isCounted<E extends EntityName>(
  source: Source,
  { entity, scope }: ListSubject<E>,
  { relation, where }: ListPart<E>,
): boolean {
  // A count by relation knows no versions; it counts what the relation gives.
  const asked = relation === null ? entitySource(source, entity) : relationSource<E>(source, relation);
  if (asked?.count?.precision !== 'exact') return false;
  const { residual, graph } = splitFilter(scope, source, entity, asked.count.filters, where);
  return residual === null && graph === null;
}
