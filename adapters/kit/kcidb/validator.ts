import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Fault } from '../../contract/adapter.ts';
import { parseExactJson, rounded } from '../../contract/exact-json.ts';
import { type ByteSource, chunksOf } from '../json/byte-source.ts';
import { JsonScanner } from '../json/json-scanner.ts';
import { explainError, explainUnknownKey, fault, MAX_FAULTS, type Place, quoted } from './faults.ts';
import { FORMATS, isUnstorableTime } from './formats.ts';
import { exactInMisc } from './model.ts';
import { ObjectUpgrade, type UpgradedObject } from './object-upgrade.ts';
import { isFault, readVersion } from './read-version.ts';
import { jsonSchemaOf, type VersionRules } from './rules/schema.ts';
import { VERSIONS } from './rules/versions.ts';
import { storableFaults } from './storable.ts';
import { isObject, type KcidbObject, type SentListName } from './walk-document.ts';

/** What became of one object of a document: faults, or what it is in version 5.3. */
export type ValidatedObject =
  | { readonly valid: false; readonly faults: readonly Fault[] }
  | {
      readonly valid: true;
      /** As it was sent, with integers as they are stored. */
      readonly sent: KcidbObject;
      /** The object in version 5.3, and what the upgrade makes beside it. */
      readonly objects: readonly UpgradedObject[];
    };

/**
 * Validates a document part by part by the rules of its version, and upgrades its objects to 5.3. Every document that
 * comes in passes here: submissions, and what adapters read. Not to be shared between documents.
 */
export class DocumentValidator {
  readonly rules: DocumentRules;
  readonly #upgrade: ObjectUpgrade;

  private constructor(rules: DocumentRules) {
    this.rules = rules;
    this.#upgrade = new ObjectUpgrade(rules.version);
  }

  /** @param version the value of the document's `version`, undefined without one */
  static of(version: unknown): DocumentValidator | Fault {
    const found = readVersion(rounded(version));
    return isFault(found) ? found : new DocumentValidator(rulesOf(found));
  }

  /** Narrows a key of the document to the name of a list of its version. */
  isList(key: string): key is SentListName {
    return this.rules.isList(key);
  }

  /** The fault of a member of the document: a key that is unknown, or a list that is none. What is in a list does not count. */
  memberFault(key: string, value: unknown): Fault | null {
    return this.rules.isList(key) ? this.rules.listFault(key, value) : this.rules.keyFault(key, value);
  }

  /**
   * @param index the place of the object in its list, from 0
   * @param given the object as `parseExactJson` gives it, or {@link TOO_LARGE}
   * @param limit the most faults to tell
   */
  object(list: SentListName, index: number, given: unknown, limit: number = MAX_FAULTS): ValidatedObject {
    if (given === TOO_LARGE) return { valid: false, faults: [tooLarge(list, index)] };
    const sent = exactInMisc(given);
    const faults = this.rules.objectFaults(list, index, sent, limit);
    if (faults.length > 0 || !isObject(sent)) return { valid: false, faults };
    const upgraded = this.#upgrade.upgrade(list, index, sent);
    if (upgraded.faults.length > 0) return { valid: false, faults: upgraded.faults.slice(0, limit) };
    return { valid: true, sent, objects: upgraded.objects };
  }
}

function tooLarge(list: SentListName, index: number): Fault {
  const message = `One object may have at most ${MAX_OBJECT_BYTES / 2 ** 20} MiB and ${MAX_OBJECT_VALUES} values: give larger data by URL.`;
  return fault([list, index], 'storable', message, undefined);
}

const SETTINGS = { strict: true, unicodeRegExp: true, addUsedSchema: false } as const;
const quick = prepared(new Ajv(SETTINGS));
const thorough = prepared(new Ajv({ ...SETTINGS, allErrors: true, verbose: true }));
const firstOnly = prepared(new Ajv({ ...SETTINGS, verbose: true }));

/** Above so many members, only the first error of an object is told: each error takes memory, and members are cheap to send. */
const MAX_MEMBERS = 1000;

/** Judges one kind of object by the rules of one version; compiled when first needed. */
export class ObjectValidator {
  readonly #rules: VersionRules;
  readonly #name: string;
  #judge: ValidateFunction | undefined;
  #tellAll: ValidateFunction | undefined;
  #tellFirst: ValidateFunction | undefined;

  /** @param name the object's singular name, such as `test` */
  constructor(rules: VersionRules, name: string) {
    this.#rules = rules;
    this.#name = name;
  }

  isValid(object: unknown): boolean {
    this.#judge ??= this.#compile(quick);
    return this.#judge(object) === true;
  }

  /** All errors of an object that is not valid. */
  errors(object: unknown): readonly ErrorObject[] {
    const judge = hasManyMembers(object) ? this.#tellingFirst() : this.#tellingAll();
    judge(object);
    return judge.errors ?? [];
  }

  #tellingAll(): ValidateFunction {
    this.#tellAll ??= this.#compile(thorough);
    return this.#tellAll;
  }

  #tellingFirst(): ValidateFunction {
    this.#tellFirst ??= this.#compile(firstOnly);
    return this.#tellFirst;
  }

  #compile(ajv: Ajv): ValidateFunction {
    return ajv.compile(jsonSchemaOf(this.#rules, this.#name));
  }
}

function prepared(ajv: Ajv): Ajv {
  ajv.addKeyword('rule');
  for (const [name, validate] of Object.entries(FORMATS)) ajv.addFormat(name, validate);
  // Told as unstorable rather than as malformed, but found where times are judged anyway.
  ajv.addFormat('date-time', (text: string) => FORMATS['date-time'](text) && !isUnstorableTime(text));
  return ajv;
}

/** Counts as deep as rules reach: a field, a list in it, an object in that. */
function hasManyMembers(object: unknown): boolean {
  let members = 0;
  let level: unknown[] = [object];
  for (let depth = 0; depth < 4 && members <= MAX_MEMBERS; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const children: unknown[] = Object.values(value);
      members += children.length;
      if (members > MAX_MEMBERS) return true;
      next.push(...children);
    }
    level = next;
  }
  return members > MAX_MEMBERS;
}

const LIST_NAMES: readonly SentListName[] = ['revisions', 'checkouts', 'builds', 'tests', 'issues', 'incidents'];
const VERSION_FIELDS: Readonly<Partial<Record<SentListName, string>>> = {
  issues: 'version',
  incidents: 'issue_version',
};

/** The rules of one version, applied to a whole document's parts one by one, so that a document need not be held whole. */
export class DocumentRules {
  readonly version: VersionRules;
  /** The lists that this version has, parents before children. */
  readonly lists: readonly SentListName[];
  readonly #validators: ReadonlyMap<string, ObjectValidator>;

  constructor(version: VersionRules) {
    this.version = version;
    this.lists = LIST_NAMES.filter((list) => version.lists[list] !== undefined);
    this.#validators = new Map(
      Object.entries(version.lists).map(([list, name]) => [list, new ObjectValidator(version, name)]),
    );
  }

  /** Narrows a key of the document to the name of a list of this version. */
  isList(key: string): key is SentListName {
    return this.#validators.has(key);
  }

  /** The fault of a key at the top of the document: neither `version` nor a list of this version. */
  keyFault(key: string, value: unknown): Fault | null {
    return key === 'version' || this.isList(key) ? null : explainUnknownKey(this.version, [], null, key, value);
  }

  /** The fault of a list that is no list. Only the kind of value counts, not what is in it. */
  listFault(list: SentListName, value: unknown): Fault | null {
    return Array.isArray(value)
      ? null
      : fault([list], 'type', `"${list}" must be a list, not ${quoted(value)}.`, value);
  }

  /**
   * All faults of one object of a list; none means that it is valid and can be stored.
   *
   * @param list the list that the object stands in
   * @param index its place there, from 0, for the paths of the faults
   * @param limit the most faults to tell
   */
  objectFaults(list: SentListName, index: number, object: unknown, limit: number = MAX_FAULTS): Fault[] {
    const place: Place = [list, index];
    const faults = storableFaults(object, place, limit);
    if (isObject(object)) faults.push(...keyLengthFaults(object, place), ...unsafeVersionFaults(list, object, place));
    const validator = this.#validators.get(list);
    if (validator === undefined) throw new Error(`Version ${this.version.major}.${this.version.minor} has no ${list}.`);
    if (!validator.isValid(object)) {
      const told = new Set(faults.map(({ path }) => path));
      for (const error of validator.errors(object)) {
        if (faults.length >= limit) break;
        const explained = explainError(this.version, this.version.lists[list] ?? list, place, error);
        // A value that is of the wrong type breaks other rules too: the first thing to mend is enough.
        if (told.has(explained.path) && explained.rule !== 'required') continue;
        told.add(explained.path);
        faults.push(explained);
      }
    }
    return faults.slice(0, limit);
  }
}

const cache = new Map<VersionRules, DocumentRules>();

/** The rules of a version; compiled once for the process. */
export function rulesOf(version: VersionRules): DocumentRules {
  let rules = cache.get(version);
  if (rules === undefined) {
    rules = new DocumentRules(version);
    cache.set(version, rules);
  }
  return rules;
}

/** The rules of the newest version, which every object of the common model keeps. */
export function latestRules(): DocumentRules {
  const version = VERSIONS.at(-1);
  if (version === undefined) throw new Error('There are no versions.');
  return rulesOf(version);
}

function unsafeVersionFaults(list: SentListName, object: KcidbObject, place: Place): Fault[] {
  const field = VERSION_FIELDS[list];
  const version = field === undefined ? undefined : object[field];
  if (field === undefined || typeof version !== 'number' || !Number.isInteger(version)) return [];
  if (version <= Number.MAX_SAFE_INTEGER) return [];
  const message = `"${field}" must be at most ${Number.MAX_SAFE_INTEGER}: greater numbers do not survive a JSON parser.`;
  return [fault([...place, field], 'storable', message, version)];
}

/** What one object may have at most: more would take a thread's memory, and no row could hold it. */
export const MAX_OBJECT_BYTES = 32 * 1024 * 1024;
export const MAX_OBJECT_VALUES = 500_000;

/** An element of a list that has more than {@link MAX_OBJECT_BYTES} or {@link MAX_OBJECT_VALUES}. */
export const TOO_LARGE = Symbol('too large');

interface Range {
  readonly start: number;
  readonly end: number;
  readonly values: number;
}

/** The elements of a list within a document that was read before, parsed one by one. */
export function* elementsOf(source: ByteSource, start: number, end: number): Generator<unknown> {
  const found: Range[] = [];
  const scanner = new JsonScanner(
    { child: (_, __, from, to, values) => found.push({ start: from, end: to, values }) },
    start,
  );
  for (const [chunkStart, chunk] of chunksOf(source, start, end)) {
    scanner.push(chunk);
    const ranges = found.splice(0);
    // Only the first can have begun before this chunk. Reading it overwrites the chunk, so the others are taken out first.
    const spanning = ranges[0] !== undefined && ranges[0].start < chunkStart ? ranges.shift() : undefined;
    const texts = ranges.map((range) =>
      isTooLarge(range) ? TOO_LARGE : textOf(chunk.subarray(range.start - chunkStart, range.end - chunkStart)),
    );
    if (spanning !== undefined) {
      yield isTooLarge(spanning) ? TOO_LARGE : parseExactJson(textOf(source.read(spanning.start, spanning.end)));
    }
    for (const text of texts) yield text === TOO_LARGE ? TOO_LARGE : parseExactJson(text);
  }
}

function isTooLarge({ start, end, values }: Range): boolean {
  return end - start > MAX_OBJECT_BYTES || values > MAX_OBJECT_VALUES;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

/** The name that a typo was likely meant for: at most a third of its letters away, else undefined. */
export function nearestName(typo: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.floor(Math.max(typo.length, 3) / 3) + 1;
  for (const name of names) {
    // A length apart is a distance at least as great, which keeps a megabyte of a name from being measured.
    if (Math.abs(name.length - typo.length) >= bestDistance) continue;
    const distance = editDistance(typo.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** Letters put in, left out, replaced, or two neighbours swapped. */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swap = swapped ? (beforePrevious[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substitution, swap));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/** The most bytes of an id: an index entry of PostgreSQL holds 2,704, and two ids with a time must fit into one. */
const MAX_ID_BYTES = 1000;
/** The most bytes of an origin. */
const MAX_ORIGIN_BYTES = 255;

const ID_FIELDS: readonly string[] = [
  'id',
  'checkout_id',
  'build_id',
  'test_id',
  'issue_id',
  // Up to 3.0; origins and local ids of 1.1 are joined by the upgrade, which looks again.
  'revision_id',
  'origin_id',
  'revision_origin_id',
  'build_origin_id',
];

/** Ids and origins that are longer than a store can index. The place is the object's. */
export function keyLengthFaults(object: KcidbObject, place: Place): Fault[] {
  const faults: Fault[] = [];
  check(object, 'origin', MAX_ORIGIN_BYTES, place, faults);
  for (const field of ID_FIELDS) check(object, field, MAX_ID_BYTES, place, faults);
  return faults;
}

function check(object: KcidbObject, field: string, limit: number, place: Place, faults: Fault[]): void {
  const value = object[field];
  // A UTF-16 unit is three bytes at most, so that most ids need not be encoded to be counted.
  if (typeof value !== 'string' || value.length * 3 <= limit || Buffer.byteLength(value) <= limit) return;
  const message = `"${field}" must have at most ${limit} bytes to be stored, not ${Buffer.byteLength(value)}.`;
  faults.push(fault([...place, field], 'storable', message, value));
}
