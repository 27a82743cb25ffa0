import { SourceError } from '../../adapters/errors.ts';
import { ownersFirst } from '../../adapters/kit/fill-gaps.ts';
import type { Entities, EntityName, Status } from '../../adapters/model.ts';
import { MAX_PAGE_REQUESTS } from './budget.ts';
import type { FieldSet } from './field-set.ts';
import { identityIn, type ListedSource, type ListPlace, type ListSubject } from './list-subject.ts';
import type { MergeRow } from './merge-pages.ts';
import type { RequestContext } from './request-context.ts';
import { canGet, entityCapability } from './select-sources.ts';

export interface MergedStatusesOptions<E extends EntityName> {
  readonly context: RequestContext;
  readonly subject: ListSubject<E>;
  readonly place: ListPlace;
  /** By priority. */
  readonly listed: readonly ListedSource<E>[];
  /** Of each of them the rows that fit. */
  readonly rows: readonly (readonly MergeRow<Entities[E]>[])[];
  readonly fields: FieldSet;
}

/**
 * The statuses of the objects of which a row fits, as they are shown: merged of all copies, those that do not fit
 * included. Of issues only copies of the newest version count. Null where a copy cannot be had.
 */
export async function mergedStatuses<E extends EntityName>(
  options: MergedStatusesOptions<E>,
): Promise<ReadonlyMap<string, Status | null> | 'failed' | 'too many'> {
  const { context, subject, place, listed, rows, fields } = options;
  const identities = new Set(rows.flatMap((some) => some.map(({ identity }) => identity)));
  const copies = await Promise.all(listed.map(({ source }, index) => copiesIn(source, rows[index] ?? [])));
  if (copies.includes('too many')) return 'too many';
  const known = copies.filter((some) => typeof some !== 'string');
  if (known.length < copies.length) return 'failed';
  const statuses = new Map<string, Status | null>();
  for (const identity of identities) {
    const all = known.flatMap((some) => some.get(identity) ?? []);
    const newest = Math.max(...all.map(({ version }) => version));
    const counting = ownersFirst(
      all.filter(({ version }) => version === newest),
      ({ object }) => object,
    );
    if (!counting.some(({ fits }) => fits)) continue;
    statuses.set(identity, counting.find(({ status }) => status !== null)?.status ?? null);
  }
  return statuses;

  async function copiesIn(source: ListedSource<E>['source'], own: readonly MergeRow<Entities[E]>[]) {
    const held = new Map(own.map((row) => [row.identity, copyOf(row.object, true)]));
    const missing = [...identities].filter((key) => !held.has(key) && canGet(source, subject.entity, key));
    const perRequest = entityCapability(source, subject.entity)?.get?.maxKeys ?? 1;
    if (missing.length > perRequest * MAX_PAGE_REQUESTS) return 'too many';
    const loader = context.loaders.objects(source, subject.entity, fields);
    const answers = await Promise.all(missing.map((key) => loader.load({ key, path: place.path })));
    for (const [index, answer] of answers.entries()) {
      if (answer instanceof SourceError) {
        context.report.fail(source.name, answer, place.path);
        return 'failed';
      }
      const identity = missing[index]!;
      if (answer !== null && identityIn(subject, answer.object) === identity) {
        held.set(identity, copyOf(answer.object, false));
      }
    }
    return held;
  }
}

function copyOf(object: Entities[EntityName], fits: boolean) {
  const status: Status | null = 'status' in object ? object.status : null;
  return { object, status, version: 'version' in object ? object.version : 0, fits };
}
