import { type Found, fitsKeys } from '../../adapters/contract/adapter.ts';
import { isOverRate, SourceError } from '../../adapters/contract/errors.ts';
import type { Entities, EntityName } from '../../adapters/contract/model.ts';
import type { FieldSet } from './field-set.ts';
import { WAIT_MS } from './guard/deadline.ts';
import { keyOf } from './identity.ts';
import { type ListedSource, type ListPlace, type ListSubject, reportUnable, type UnableSource } from './list/query.ts';
import type { Asked } from './loaders.ts';
import { type Copy, mergeObjects, type Shown } from './merge.ts';
import type { Source } from './registry.ts';
import type { RequestContext, Scope } from './request.ts';
import { canGet, entitySource, listObstacle, listTerms } from './source-plan.ts';

export interface Lookup<E extends EntityName> {
  readonly entity: E;
  readonly fields: FieldSet;
  readonly scope: Scope;
  /** Called where a source failed, beside the report: what it has may be missing. */
  readonly onFailure?: () => void;
}

/** Sources that are asked only for what they can answer in a moment, and those that could not. */
interface Hurry {
  readonly isHurried: (source: Source) => boolean;
  readonly late: Source[];
}

/** Objects by key, each merged from every source that has it; null where none has. */
export async function fetchObjects<E extends EntityName>(
  context: RequestContext,
  lookup: Lookup<E>,
  asked: readonly (Asked | null)[],
): Promise<readonly (Shown<E> | null)[]> {
  const isHurried = isTooMuch(lookup, asked);
  return await context.work.mapAsync(asked, async (one) => {
    if (one === null || !isStorable(one.key)) return null;
    const copies = await fetchCopies(context, lookup, one, lookup.scope.sources, isHurried);
    return copies.length === 0 ? null : mergeObjects(lookup.entity, copies, lookup.fields, lookup.scope);
  });
}

/** The copies of one object by priority, from those of the sources that can look it up. Failures are reported. */
export async function fetchCopies<E extends EntityName>(
  context: RequestContext,
  lookup: Lookup<E>,
  asked: Asked,
  sources: readonly Source[],
  isHurried: (source: Source) => boolean = () => false,
): Promise<readonly Copy<Entities[E]>[]> {
  const { entity } = lookup;
  const able = sources.filter((source) => canGet(source, entity, asked.key));
  reportUnableOf(context, lookup, asked, sources, able.length);
  const late: Source[] = [];
  const hurry = { isHurried: (source: Source) => able.length > 1 && isHurried(source), late };
  let copies = await copiesOf(context, lookup, asked, able, hurry);
  if (late.length > 0 && copies.length === 0) copies = await copiesOf(context, lookup, asked, late);
  else for (const { name } of late) context.report.fail(name, leftOut(), asked.path);
  const [first] = copies;
  if (first === undefined) return copies;
  const newest = copies.reduce((so, copy) => (versionOf(copy.object) > versionOf(so.object) ? copy : so), first);
  const key = keyOf(newest.object);
  const same = copies.filter(({ object }) => keyOf(object) === key);
  const isAlias = key !== asked.key && newest.object.id !== asked.key;
  if (!isAlias) return same;
  // Asked for by another name that only some know: the others know it by its own.
  const others = able.filter((source) => !same.some((copy) => copy.source === source));
  const more = await copiesOf(context, lookup, { ...asked, key }, others);
  return byPriority(able, [...same, ...more.filter(({ object }) => keyOf(object) === key)]);
}

/** The copies of one object from these sources, of whatever version they give. Failures are reported. */
export async function copiesOf<E extends EntityName>(
  context: RequestContext,
  { entity, fields, onFailure }: Lookup<E>,
  asked: Asked,
  sources: readonly Source[],
  hurry: Hurry | null = null,
): Promise<readonly Copy<Entities[E]>[]> {
  // Every loader is asked before any answer is awaited, so that the keys of a level go out together.
  const loading = sources.map((source) =>
    context.loaders.objects(source, entity, fields, false, hurry?.isHurried(source)).load(asked),
  );
  const [only] = loading;
  const answers = only !== undefined && loading.length === 1 ? [await only] : await Promise.all(loading);
  const copies: Copy<Entities[E]>[] = [];
  answers.forEach((answer: Found<Entities[E]> | SourceError | null, index) => {
    const source = sources[index]!;
    if (hurry?.isHurried(source) && isOverRate(answer)) hurry.late.push(source);
    else if (answer instanceof SourceError) {
      context.report.fail(source.name, answer, asked.path);
      onFailure?.();
    } else if (answer !== null) copies.push({ source, object: answer.object, time: answer.time });
  });
  // Failures are reported before: their order must not hang on who gives way.
  if (context.work.isSliceOver) await context.work.giveWay();
  return copies;
}

/** Which sources cannot answer all that is asked in a moment: what others know as well is not waited for. */
function isTooMuch<E extends EntityName>(
  { entity, scope }: Lookup<E>,
  asked: readonly (Asked | null)[],
): (source: Source) => boolean {
  if (scope.sources.length === 1 || scope.sources.every(({ rate }) => rate === null)) return () => false;
  const keys = [...new Set(asked.flatMap((one) => one?.key ?? []))];
  const tooMuch = scope.sources.filter((source) => {
    if (source.rate === null) return false;
    const asks = keys.filter((key) => canGet(source, entity, key)).length;
    const maxKeys = entitySource(source, entity)?.get?.maxKeys ?? 1;
    return asks / maxKeys > (source.rate * WAIT_MS.optionalReads) / 1000;
  });
  return (source) => tooMuch.includes(source);
}

function leftOut(): SourceError {
  const message =
    'This source could not be asked for all in a moment: some objects are shown without what it says of them.';
  return new SourceError('SOURCE_TRUNCATED', message);
}

function versionOf(object: Entities[EntityName]): number {
  return 'version' in object ? object.version : 0;
}

function byPriority<T>(sources: readonly Source[], copies: readonly Copy<T>[]): readonly Copy<T>[] {
  return [...copies].sort((a, b) => sources.indexOf(a.source) - sources.indexOf(b.source));
}

function reportUnableOf<E extends EntityName>(
  context: RequestContext,
  { entity, scope }: Lookup<E>,
  asked: Asked,
  sources: readonly Source[],
  able: number,
): void {
  const unable: UnableSource[] = [];
  for (const source of sources) {
    const capability = entitySource(source, entity);
    if (capability === undefined) context.report.skipped.add(source.name);
    else if (capability.get === undefined && fitsKeys(capability.keys, asked.key)) {
      unable.push([source, `cannot look up a ${entity} by its id`]);
    }
  }
  reportUnable(context, scope, unable, able > 0, asked.path);
}

type Copies<E extends EntityName> = readonly Copy<Entities[E]>[];

/** Sources that cannot give the list have no say in it, and yet may know more of what it shows. */
export async function completeCopies<E extends EntityName>(
  context: RequestContext,
  subject: ListSubject<E>,
  place: ListPlace,
  listed: readonly ListedSource<E>[],
  fields: FieldSet,
  edges: readonly { readonly shown: Copies<E> }[],
): Promise<readonly Copies<E>[]> {
  const { entity, relation, order, scope } = subject;
  const skipped = scope.sources.filter((source) => {
    if (listed.some((one) => one.source === source)) return false;
    const list = listTerms(source, entity, relation);
    return listObstacle(list, entity, order) !== null && entitySource(source, entity)?.get !== undefined;
  });
  if (skipped.length === 0) return edges.map(({ shown }) => shown);
  const cut = new Set<Source>();
  const mayAsk = (source: Source): boolean => {
    const isLeft = context.loaders.allowanceOf(source).takeExtraKey(entity);
    if (!isLeft) cut.add(source);
    return isLeft;
  };
  const all = edges.map(async ({ shown }) => {
    const [first] = shown;
    if (first === undefined) return shown;
    const asked = { key: keyOf(first.object), path: place.path };
    const able = skipped.filter((source) => canGet(source, entity, asked.key) && mayAsk(source));
    const more = await copiesOf(context, { entity, fields, scope }, asked, able);
    const same = more.filter(({ object }) => keyOf(object) === asked.key);
    const priority = (copy: Copy<Entities[E]>) => scope.sources.indexOf(copy.source);
    return [...shown, ...same].sort((a, b) => priority(a) - priority(b));
  });
  for (const source of cut) {
    const message =
      'Too many objects would have to be asked for: some are shown without what this source says of them.';
    context.report.add(source.name, new SourceError('SOURCE_TRUNCATED', message), place.path);
  }
  return await Promise.all(all);
}

/** Whether a source can hold this text at all: a NUL or half a surrogate pair fits nothing, and is not sent to any. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
