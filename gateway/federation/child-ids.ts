import type { Place, RelationName } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import type { EntityName } from '../../adapters/model.ts';
import { fieldSet } from './field-set.ts';
import type { Source } from './registry.ts';
import type { RequestContext } from './request-context.ts';
import type { Scope } from './scope.ts';
import { fitsKeys, relationCapability } from './select-sources.ts';
import { placeOf } from './source-reader.ts';
import { unsupported } from './unsupported.ts';

/** Children over which the gateway goes on from one relation to the next. */
const MAX_IDS = 5_000;

export interface ChildIdsOptions {
  readonly relation: RelationName;
  readonly entity: EntityName;
  readonly scope: Scope;
  readonly parents: Iterable<string>;
  readonly path: readonly (string | number)[];
}

export interface ChildIds {
  readonly ids: ReadonlySet<string>;
  /** A source failed, or there are more: what hangs on them cannot be counted. */
  readonly isPartial: boolean;
}

/** Ids of the children of some parents, of every source that has the relation; at most 5,000. */
export async function childIds(context: RequestContext, options: ChildIdsOptions): Promise<ChildIds> {
  const { relation, entity, scope, parents, path } = options;
  const able = scope.sources.filter((source) => relationCapability(source, relation) !== undefined);
  for (const source of scope.sources) {
    if (able.includes(source)) continue;
    context.report.skipped.add(source.name);
    const isTold = scope.isNamed || able.length === 0;
    if (isTold) context.report.fail(source.name, unsupported(`cannot list ${entity}s by ${relation}`), path);
  }
  const ids = new Set<string>();
  let isPartial = false;
  const reads: Promise<void>[] = [];
  for (const parent of parents) for (const source of able) reads.push(readIds(source, parent));
  await Promise.all(reads);
  return { ids, isPartial };

  async function readIds(source: Source, parent: string): Promise<void> {
    const capability = relationCapability(source, relation);
    const order = capability?.order[0];
    if (capability === undefined || order === undefined || !fitsKeys(capability.keys, parent)) return;
    const fields = fieldSet(entity, []);
    let after: Place | null = null;
    for (;;) {
      const query = { where: null, order, first: Math.min(capability.maxPage, MAX_IDS), after };
      const page = await context.loaders.pages<EntityName>(source, relation, query, fields).load({ key: parent, path });
      if (page instanceof SourceError) {
        isPartial = true;
        return context.report.fail(source.name, page, path);
      }
      for (const { object } of page.items) {
        if (ids.size >= MAX_IDS && !ids.has(object.id)) {
          isPartial = true;
          return reportCut(context, source, entity, path);
        }
        ids.add(object.id);
      }
      const last = page.items.at(-1);
      if (!page.hasMore) return;
      if (last === undefined) {
        isPartial = true;
        return;
      }
      after = placeOf(last);
    }
  }
}

function reportCut(
  context: RequestContext,
  source: Source,
  entity: EntityName,
  path: readonly (string | number)[],
): void {
  const message = `There are more than ${MAX_IDS} ${entity}s here; what hangs on those beyond is left out.`;
  context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), path);
}
