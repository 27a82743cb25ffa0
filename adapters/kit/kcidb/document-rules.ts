import type { Fault } from '../../adapter.ts';
import { explainError, explainUnknownKey } from './explain.ts';
import { fault, MAX_FAULTS, type Place, quoted } from './fault.ts';
import { isObject, type KcidbObject, type SentListName } from './kcidb-object.ts';
import { keyLengthFaults } from './key-length.ts';
import { ObjectValidator } from './object-validator.ts';
import type { VersionRules } from './rules/rule-types.ts';
import { VERSIONS } from './rules/versions.ts';
import { storableFaults } from './storable.ts';

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
