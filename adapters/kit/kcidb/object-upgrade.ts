import type { Fault } from '../../adapter.ts';
import type { KcidbObject, ListName, SentListName } from './kcidb-object.ts';
import { keyLengthFaults } from './key-length.ts';
import type { VersionRules } from './rules/rule-types.ts';
import type { UpgradeEntry } from './upgrade/entry.ts';
import { newestFormFaults } from './upgrade/newest-form.ts';
import { toVersion2 } from './upgrade/to-version-2.ts';
import { toVersion3 } from './upgrade/to-version-3.ts';
import { toVersion4 } from './upgrade/to-version-4.ts';
import { toVersion5 } from './upgrade/to-version-5.ts';

/** An object of version 5.3. */
export interface UpgradedObject {
  readonly list: ListName;
  readonly object: KcidbObject;
  /** Not sent, but made by the upgrade: a waiver's issue or incident, whose origin `_` is nobody's. */
  readonly madeByUpgrade: boolean;
}

/** Either objects, the one that was given first, or faults. */
export interface ObjectUpgraded {
  readonly objects: readonly UpgradedObject[];
  readonly faults: readonly Fault[];
}

/** Within a major version an upgrade changes nothing but the number. */
const STEPS: readonly (readonly [major: number, step: (entry: UpgradeEntry) => void])[] = [
  [2, toVersion2],
  [3, toVersion3],
  [4, toVersion4],
  [5, toVersion5],
];

/** The first version whose valid objects are all valid in 5.3 once the steps have passed them. */
const STRICT_MAJOR = 3;

/** Takes the objects of one document to version 5.3, one by one and in any order. Not to be shared between documents. */
export class ObjectUpgrade {
  readonly #version: VersionRules;
  readonly #steps: readonly ((entry: UpgradeEntry) => void)[];
  readonly #document = { hasWaiverIssue: false };

  /** @param version the version that the document was sent in */
  constructor(version: VersionRules) {
    this.#version = version;
    this.#steps = STEPS.filter(([major]) => major > version.major).map(([, step]) => step);
  }

  /**
   * Upgrades an object that is valid in the document's version. The object is left as it is; what does not change is
   * shared with it.
   */
  upgrade(list: SentListName, index: number, object: KcidbObject): ObjectUpgraded {
    if (this.#steps.length === 0) {
      return { objects: [{ list: newestList(list), object, madeByUpgrade: false }], faults: [] };
    }
    const entry: UpgradeEntry = {
      object: { ...object },
      list,
      place: [list, index],
      faults: [],
      made: [],
      document: this.#document,
    };
    for (const step of this.#steps) {
      step(entry);
      if (entry.faults.length > 0) return { objects: [], faults: entry.faults };
    }
    const newest = newestList(entry.list);
    // The upgrade makes longer ids of ids: of 1.1's parts, and of a waived test's.
    const ids = [entry.object, ...entry.made.map((one) => one.object)];
    const faults = ids.flatMap((one) => keyLengthFaults(one, entry.place)).slice(0, 1);
    if (this.#version.major < STRICT_MAJOR && faults.length === 0)
      faults.push(...newestFormFaults(entry, newest, object));
    if (faults.length > 0) return { objects: [], faults };
    const made = entry.made.map((one) => ({ ...one, madeByUpgrade: true }));
    return { objects: [{ list: newest, object: entry.object, madeByUpgrade: false }, ...made], faults: [] };
  }
}

function newestList(list: SentListName): ListName {
  return list === 'revisions' ? 'checkouts' : list;
}
