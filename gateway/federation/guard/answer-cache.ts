import { LRUCache } from 'lru-cache';
import type { Found, IncludedObject, Page, PageQuery } from '../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { MODEL_FIELDS } from '../../../adapters/contract/fields.ts';
import { ENTITY_NAMES, type Entities, type EntityName, type StatusCounts } from '../../../adapters/contract/model.ts';
import { sameJson } from '../../../adapters/kit/json/json-values.ts';
import { keyOf } from '../identity.ts';
import { LARGE_FIELDS } from '../loaders.ts';
import { answerSize } from './answer-size.ts';

export interface AnswerCacheSettings {
  /** Milliseconds an answer is kept; 0: not at all. */
  readonly cacheTtl: number;
  /** Milliseconds for which an old answer serves when the source fails. */
  readonly staleIfError: number;
}

/** How old an answer may be. */
export interface Freshness {
  /** Milliseconds for which the source says that its answers are good; 0: it does not say. */
  readonly source: number;
  /** Milliseconds that the request allows; undefined: it does not say. */
  readonly request: number | undefined;
}

/** What an answer says, and of what it depends. */
export interface AnswerContent {
  /** Objects that it shows, and keys of which it says that there is nothing. */
  readonly mentions: readonly Mention[];
  /** It says that something that was asked for is not there. */
  readonly isNo: boolean;
  /** It counts or filters, so that any object may have a part in it. */
  readonly isDerived: boolean;
}

/** An answer with what the source said of it. */
export interface KeptAnswer {
  readonly answer: unknown;
  /** Faults of single records: every caller that is shown the answer is told of them too. */
  readonly warnings: readonly SourceError[];
  /** When the source was asked, in milliseconds of the monotonic clock. */
  readonly at: number;
}

interface Entry extends KeptAnswer {
  readonly content: Omit<AnswerContent, 'mentions'> & { readonly names: readonly string[] };
  /** The adapter itself keeps it, and is asked: this copy is for when it fails. */
  readonly isAdapters: boolean;
}

const MAX_ANSWERS = 20_000;
/** Bytes of all answers of one source, roughly, and of one of them. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_ANSWER_BYTES = MAX_BYTES / 8;
/** An answer that something is not there is kept no longer: what was reported a moment ago must show. */
const MAX_NO_MS = 10_000;

/**
 * Keeps answers of one source: as long as they are good, and for when it fails. All answers tell the same of one object:
 * where a later one says something else, those from before no longer count as good.
 */
export class AnswerCache {
  readonly #settings: AnswerCacheSettings;
  readonly #seen = new SeenObjects();
  readonly #answers = new LRUCache<string, Entry>({
    max: MAX_ANSWERS,
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_ANSWER_BYTES,
    sizeCalculation: ({ answer }, key) => answerSize(answer, MAX_ANSWER_BYTES) + key.length * 2,
  });

  constructor(settings: AnswerCacheSettings) {
    this.#settings = settings;
  }

  /** An answer that is as good as a new one. */
  fresh(key: string, { source, request }: Freshness): KeptAnswer | undefined {
    const kept = this.#answers.get(key);
    if (kept === undefined || kept.isAdapters) return undefined;
    const { isNo, names, isDerived } = kept.content;
    const { cacheTtl } = this.#settings;
    const limit = Math.min(cacheTtl, source === 0 ? cacheTtl : source, isNo ? MAX_NO_MS : cacheTtl);
    if (ageOf(kept) >= Math.min(limit, request ?? limit)) return undefined;
    if (this.#seen.haveChanged(names, kept.at) || (isDerived && this.#seen.changedAt > kept.at)) return undefined;
    return kept;
  }

  /** An answer for when the source fails; @param request milliseconds that it may be old, where the request says so */
  stale(key: string, request: number | undefined): KeptAnswer | undefined {
    const kept = this.#answers.get(key);
    const limit = Math.min(this.#settings.staleIfError, request ?? Number.POSITIVE_INFINITY);
    return kept !== undefined && ageOf(kept) < limit ? kept : undefined;
  }

  /** @param isAdapters whether the adapter itself keeps it, so that it is shown only where the adapter fails */
  keep(key: string, kept: KeptAnswer, { mentions, ...content }: AnswerContent, isAdapters: boolean): void {
    const { cacheTtl, staleIfError } = this.#settings;
    if (cacheTtl === 0 && staleIfError === 0) return;
    if (cacheTtl > 0) this.#seen.note(mentions, kept.at);
    this.#answers.set(key, { ...kept, content: { ...content, names: mentions.map(({ name }) => name) }, isAdapters });
  }
}

/** Milliseconds since the source was asked. */
export function ageOf({ at }: KeptAnswer): number {
  return performance.now() - at;
}

/** What an answer says of one object. */
export interface Mention {
  /** Names the object within its source. */
  readonly name: string;
  /** Null: there is none. */
  readonly object: Readonly<Record<string, unknown>> | null;
  /** The fields of it that the answer speaks of. */
  readonly fields: ReadonlySet<string>;
}

interface Seen extends Omit<Mention, 'name'> {
  /** When the source was asked last, in milliseconds of the monotonic clock. */
  readonly at: number;
  /** When it was asked that first said what it says now; answers from before contradict it. */
  readonly changedAt: number;
}

const MAX_OBJECTS = 50_000;
const NEVER = Number.NEGATIVE_INFINITY;

/** What was last said of each object: by it is found out which answers are no longer true. Bounded. */
export class SeenObjects {
  /** Of what was forgotten since it was seen last longest ago, nothing is known from before then. */
  #forgottenAt = NEVER;
  #changedAt = NEVER;
  readonly #seen = new LRUCache<string, Seen>({
    max: MAX_OBJECTS,
    dispose: ({ at }, _, reason) => {
      if (reason === 'evict') this.#forgottenAt = Math.max(this.#forgottenAt, at);
    },
  });

  /** When the source was asked that last said something new of any object. */
  get changedAt(): number {
    return this.#changedAt;
  }

  /** Takes note of an answer; @param at when the source was asked */
  note(mentions: readonly Mention[], at: number): void {
    for (const { name, object, fields } of mentions) {
      const known = this.#seen.get(name);
      if (known === undefined) {
        this.#seen.set(name, { object, fields, at, changedAt: NEVER });
        continue;
      }
      const isNewer = at >= known.at;
      const newest = Math.max(at, known.at);
      const changedAt = isOther(known, { object, fields }) ? newest : known.changedAt;
      this.#changedAt = Math.max(this.#changedAt, changedAt);
      const both = isNewer ? together({ object, fields }, known) : known;
      this.#seen.set(name, { ...both, at: newest, changedAt });
    }
  }

  /** Whether later answers say something else of one of these objects than one from that time. */
  haveChanged(names: readonly string[], at: number): boolean {
    if (at <= this.#forgottenAt) return true;
    return names.some((name) => (this.#seen.peek(name)?.changedAt ?? NEVER) > at);
  }
}

type Said = Omit<Mention, 'name'>;

function isOther(one: Said, other: Said): boolean {
  const { object: left } = one;
  const { object: right } = other;
  if (left === null || right === null) return left !== right;
  if (left === right) return false;
  for (const field of other.fields) {
    if (one.fields.has(field) && !sameJson(left[field], right[field])) return true;
  }
  return false;
}

/** The newer one, with what only the older one speaks of. */
function together(newer: Said, older: Said): Said {
  if (newer.object === null || older.object === null) return newer;
  const { object } = older;
  const more = [...older.fields].filter((field) => !newer.fields.has(field));
  if (more.length === 0) return newer;
  const rest = Object.fromEntries(more.map((field) => [field, object[field]]));
  return { object: { ...newer.object, ...rest }, fields: new Set([...newer.fields, ...more]) };
}

/** What was asked of a list, as far as it decides what its answer says. */
export interface AskedList<E extends EntityName> {
  readonly entity: E;
  readonly query: PageQuery<E>;
  readonly fields: ReadonlySet<string>;
  /** An empty page says that the source does not know what was asked for. */
  readonly isLookUp: boolean;
  /** Of each issue it shows the newest version. */
  readonly isNewest: boolean;
}

const VERSION_ONLY: ReadonlySet<string> = new Set(['version']);
/** What an object is known by when it came along with another: all but what may have been left out. */
const WITHOUT_LARGE = new Map<EntityName, ReadonlySet<string>>(
  ENTITY_NAMES.map((entity) => {
    const large: readonly string[] = [...LARGE_FIELDS, 'logExcerpt'];
    return [entity, new Set(Object.keys(MODEL_FIELDS[entity]).filter((field) => !large.includes(field)))];
  }),
);

/** Of one key that was looked up. */
export function contentOfKey<T extends Entities[EntityName]>(
  entity: EntityName,
  key: string,
  found: Found<T> | null,
  included: readonly IncludedObject[],
  fields: ReadonlySet<string>,
): AnswerContent {
  if (found === null) {
    return { mentions: [{ name: `${entity} ${key}`, object: null, fields }], isNo: true, isDerived: false };
  }
  const isNewest = key === found.object.id;
  const mentions = [...mentionsOf(entity, found.object, fields, isNewest), ...alongWith(included)];
  return { mentions, isNo: false, isDerived: false };
}

export function contentOfPages<E extends EntityName>(
  { entity, query, fields, isLookUp, isNewest }: AskedList<E>,
  pages: Iterable<Page<Entities[E]> | SourceError>,
  parents = 1,
): AnswerContent {
  const mentions: Mention[] = [];
  let full = 0;
  for (const page of pages) {
    if (page instanceof SourceError) continue;
    if (page.items.length > 0) full += 1;
    for (const { object } of page.items) mentions.push(...mentionsOf(entity, object, fields, isNewest));
    mentions.push(...alongWith(page.included ?? []));
  }
  return { mentions, isNo: isLookUp && query.after === null && full < parents, isDerived: query.where !== null };
}

export function contentOfCounts(
  counts: Iterable<StatusCounts | SourceError>,
  keys: number,
  isLookUp: boolean,
): AnswerContent {
  const some = [...counts].filter((one) => one instanceof SourceError || one.total > 0);
  return { mentions: [], isNo: isLookUp && some.length < keys, isDerived: true };
}

/** @param isNewest of an issue, whether the answer says that this is its newest version */
function mentionsOf(
  entity: EntityName,
  object: Entities[EntityName],
  fields: ReadonlySet<string>,
  isNewest: boolean,
): readonly Mention[] {
  const record: Readonly<Record<string, unknown>> = { ...object };
  const own: Mention = { name: `${entity} ${keyOf(object)}`, object: record, fields };
  if (entity !== 'issue' || !isNewest) return [own];
  return [own, { name: `${entity} ${object.id}`, object: record, fields: VERSION_ONLY }];
}

function alongWith(included: readonly IncludedObject[]): readonly Mention[] {
  return included.flatMap(({ entity, object }) =>
    mentionsOf(entity, object, WITHOUT_LARGE.get(entity) ?? VERSION_ONLY, false),
  );
}
