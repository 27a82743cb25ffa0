import { setImmediate as turn } from 'node:timers/promises';
import { type Ancestry, type Entities, type EntityName, type Filter, matches } from '../kit/author.ts';
import type { LearntEntry } from '../kit/background-index.ts';
import type { BugIndex } from './bug-index.ts';
import { commitIn } from './ids.ts';
import { translateCheckout } from './translate.ts';

type Entry = LearntEntry<Entities[EntityName]>;

/** Fields by which the index finds: the space of names, or null for the key itself. The first that is given is used. */
const LOOKUPS: Readonly<Record<EntityName, readonly (readonly [field: string, space: string | null])[]>> = {
  checkout: [
    ['id', null],
    ['gitCommitHash', 'commit'],
  ],
  build: [
    ['id', null],
    ['checkoutId', 'checkout'],
    ['gitCommitHash', 'commit'],
  ],
  test: [
    ['id', null],
    ['buildId', 'build'],
    ['gitCommitHash', 'commit'],
  ],
  issue: [
    ['id', null],
    ['reportUrl', 'url'],
  ],
  incident: [
    ['id', null],
    ['testId', 'test'],
    ['buildId', 'build'],
    ['issueId', 'issue'],
  ],
};

/** Fields that are the same for all that syzbot tells, so that a filter fits all or none. */
const CONSTANT: Readonly<Record<EntityName, readonly string[]>> = {
  checkout: [
    ...['origin', 'timestamp', 'treeName', 'gitRepositoryBranch', 'gitCommitName', 'gitCommitTags'],
    ...['messageId', 'patchsetHash', 'startTime', 'valid'],
  ],
  build: ['origin', 'timestamp', 'startTime', 'duration', 'configName'],
  test: [
    ...['origin', 'timestamp', 'startTime', 'duration', 'status', 'path', 'platform', 'compatible', 'number'],
    'hasIncident',
  ],
  issue: ['origin', 'category', 'culprit'],
  incident: ['origin', 'timestamp', 'present'],
};

const PORTION = 200;
/** Rows that a beginning of a hash can fit, at most. */
const MAX_PREFIXED = 10_000;

/** The filters that are applied here: none of them takes a look at every row. */
export function pushedFields(entity: EntityName): readonly string[] {
  return [...LOOKUPS[entity].map(([field]) => field), ...CONSTANT[entity]];
}

/** Whether an object fits a filter that consists of those. */
export function isFitting<E extends EntityName>(entity: E, object: Entities[E], where: Filter<E> | null): boolean {
  return where === null || matches(entity, object, where, ancestryOf(object)) === true;
}

/** Rows that a filter can fit, in the order learnt; null where all can. */
export async function candidates<E extends EntityName>(
  index: BugIndex,
  entity: E,
  where: Filter<E> | null,
): Promise<readonly Entry[] | null> {
  for (const [field, space] of LOOKUPS[entity]) {
    const filter: unknown = where === null ? undefined : Reflect.get(where, field);
    if (typeof filter !== 'object' || filter === null) continue;
    const found = new Map<string, Entry>();
    for await (const entry of lookUp(index, entity, space, filter)) found.set(entry.key, entry);
    return [...found.values()].sort((one, other) => one.sequence - other.sequence);
  }
  return null;
}

async function* lookUp(index: BugIndex, kind: EntityName, space: string | null, filter: object): AsyncIterable<Entry> {
  const wanted = textsIn(Reflect.get(filter, 'in'));
  const prefix: unknown = Reflect.get(filter, 'prefix');
  if (wanted === null) {
    if (space !== null && typeof prefix === 'string')
      yield* index.entries.startingWith(space, prefix.toLowerCase(), MAX_PREFIXED, kind);
    return;
  }
  for (let at = 0; at < wanted.length; at += PORTION) {
    const portion = wanted.slice(at, at + PORTION);
    if (space === null) yield* index.entries.get(portion, kind).values();
    else {
      const names = space === 'commit' ? portion.map((hash) => hash.toLowerCase()) : portion;
      for (const entries of index.entries.find(space, names, kind).values()) yield* entries;
    }
    await turn();
  }
}

function textsIn(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : null;
}

/** What filters read beside the object: of the checkout its commit, and that each crash is an incident. */
function ancestryOf(object: Entities[EntityName]): Ancestry {
  if ('checkoutId' in object) return { checkout: translateCheckout(commitIn(object.checkoutId), null) };
  if (!('path' in object)) return {};
  return { checkout: translateCheckout(commitIn(object.buildId), null), hasIncident: true };
}

/** Whether any object can fit the filters that are the same for all. */
export function canFit<E extends EntityName>(entity: E, sample: Entities[E] | null, where: Filter<E> | null): boolean {
  if (where === null || sample === null) return true;
  const constant = Object.entries(where).filter(([field]) => CONSTANT[entity].includes(field));
  const part: Filter<E> = { ...where };
  for (const field of Object.keys(part)) if (!CONSTANT[entity].includes(field)) Reflect.deleteProperty(part, field);
  return constant.length === 0 || matches(entity, sample, part, ancestryOf(sample)) !== false;
}
