import type { Fault } from '../../adapter.ts';
import { rounded } from '../exact-json.ts';
import { type DocumentRules, rulesOf } from './document-rules.ts';
import { exactInMisc } from './exact-misc.ts';
import { fault, MAX_FAULTS } from './fault.ts';
import { isObject, type KcidbObject, type SentListName } from './kcidb-object.ts';
import { MAX_OBJECT_BYTES, MAX_OBJECT_VALUES, TOO_LARGE } from './list-elements.ts';
import { ObjectUpgrade, type UpgradedObject } from './object-upgrade.ts';
import { isFault, readVersion } from './read-version.ts';

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
