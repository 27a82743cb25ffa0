import type { Place } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { Issue } from '../../../adapters/contract/model.ts';
import type { FieldSet } from '../field-set.ts';
import type { Asked } from '../loaders.ts';
import { type Copy, mergeObjects, type Shown } from '../merge.ts';
import type { Source } from '../registry.ts';
import type { RequestContext, Scope } from '../request.ts';
import { canHoldBelow, entitySource, relationSource } from '../source-plan.ts';
import { placeOf } from './list.ts';
import { reportUnable, type UnableSource } from './query.ts';

const RELATION = 'versionsOfIssue';
/** Versions of one issue that one source is asked for. */
const MAX_VERSIONS = 2_000;

/** All versions of an issue over all sources, the newest first. */
export async function issueVersions(
  context: RequestContext,
  scope: Scope,
  fields: FieldSet,
  asked: Asked,
): Promise<readonly Shown<'issue'>[]> {
  const able: Source[] = [];
  const unable: UnableSource[] = [];
  for (const source of scope.sources) {
    const capability = relationSource<'issue'>(source, RELATION)?.list;
    if (entitySource(source, 'issue') === undefined) context.report.skipped.add(source.name);
    else if (!canHoldBelow(source, RELATION, asked.key)) continue;
    else if (capability === undefined) unable.push([source, 'cannot list the versions of an issue']);
    else able.push(source);
  }
  reportUnable(context, scope, unable, able.length > 0, asked.path);
  const bySource = await Promise.all(able.map((source) => versionsIn(context, source, fields, asked)));
  const byVersion = new Map<number, Copy<Issue>[]>();
  for (const copy of bySource.flat()) {
    const copies = byVersion.get(copy.object.version);
    if (copies === undefined) byVersion.set(copy.object.version, [copy]);
    else copies.push(copy);
  }
  const newestFirst = [...byVersion].sort(([a], [b]) => b - a);
  return newestFirst.map(([, copies]) => mergeObjects('issue', copies, fields, scope));
}

async function versionsIn(
  context: RequestContext,
  source: Source,
  fields: FieldSet,
  asked: Asked,
): Promise<readonly Copy<Issue>[]> {
  const capability = relationSource<'issue'>(source, RELATION)?.list;
  const order = capability?.order[0];
  if (capability === undefined || order === undefined) return [];
  const copies: Copy<Issue>[] = [];
  let after: Place | null = null;
  for (;;) {
    const query = { where: null, order, first: Math.min(capability.maxPage, MAX_VERSIONS), after };
    const page = await context.loaders.pages<'issue'>(source, RELATION, query, fields).load(asked);
    if (page instanceof SourceError) {
      context.report.fail(source.name, page, asked.path);
      return copies;
    }
    for (const { object, time } of page.items) copies.push({ source, object, time });
    const last = page.items.at(-1);
    if (!page.hasMore || last === undefined) return copies;
    if (copies.length >= MAX_VERSIONS) {
      const message = `There are more than ${MAX_VERSIONS} versions of this issue; those beyond are left out.`;
      context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), asked.path);
      return copies;
    }
    after = placeOf(last);
  }
}
