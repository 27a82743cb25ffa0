import type { Fault, StoredObject } from '../../adapters/adapter.ts';
import { rounded } from '../../adapters/kit/exact-json.ts';
import type { DocumentRules } from '../../adapters/kit/kcidb/document-rules.ts';
import { rulesOf } from '../../adapters/kit/kcidb/document-rules.ts';
import { exactInMisc } from '../../adapters/kit/kcidb/exact-misc.ts';
import { fault, MAX_FAULTS } from '../../adapters/kit/kcidb/fault.ts';
import { isObject, type SentListName } from '../../adapters/kit/kcidb/kcidb-object.ts';
import { MAX_OBJECT_BYTES, MAX_OBJECT_VALUES, TOO_LARGE } from '../../adapters/kit/kcidb/list-elements.ts';
import { ObjectUpgrade } from '../../adapters/kit/kcidb/object-upgrade.ts';
import { isFault, readVersion } from '../../adapters/kit/kcidb/read-version.ts';
import { toModel } from '../../adapters/kit/kcidb/to-model.ts';
import { originFault } from './origin-rule.ts';

/** What became of a document: `invalid` goes before `foreign`, since nobody's token makes it right. */
export type Judgement =
  | { readonly verdict: 'accepted' }
  | { readonly verdict: 'invalid' | 'foreign'; readonly faults: readonly Fault[] };

/**
 * Judges a document part by part: validates each object by the rules of the document's version, upgrades it, and holds its
 * origin against those that the submitter may speak for.
 */
export class DocumentJudge {
  readonly #rules: DocumentRules;
  readonly #upgrade: ObjectUpgrade;
  readonly #origins: readonly string[] | null;
  readonly #faults: Fault[] = [];
  readonly #foreign: Fault[] = [];

  private constructor(rules: DocumentRules, origins: readonly string[] | null) {
    this.#rules = rules;
    this.#upgrade = new ObjectUpgrade(rules.version);
    this.#origins = origins;
  }

  /**
   * @param version the value of the document's `version`, undefined without one
   * @param origins whose objects are taken; null: everybody's
   */
  static of(version: unknown, origins: readonly string[] | null): DocumentJudge | Fault {
    const found = readVersion(rounded(version));
    return isFault(found) ? found : new DocumentJudge(rulesOf(found), origins);
  }

  /** Whether no more faults are told, so that the rest need not be looked at. */
  get isFull(): boolean {
    return this.#faults.length >= MAX_FAULTS;
  }

  /** Narrows a key of the document to the name of a list; a key or a value that cannot be right is a fault. */
  isList(key: string, value: unknown): key is SentListName {
    if (key === 'version' || this.isFull) return false;
    const found = this.#rules.isList(key) ? this.#rules.listFault(key, value) : this.#rules.keyFault(key, value);
    if (found !== null) this.#faults.push(found);
    return found === null;
  }

  /** The objects to store that come of one sent object: none once the document cannot be accepted any more. */
  judge(list: SentListName, index: number, given: unknown): readonly StoredObject[] {
    if (this.isFull) return [];
    const faults = given === TOO_LARGE ? [tooLarge(list, index)] : [];
    const sent = exactInMisc(given);
    if (faults.length === 0) faults.push(...this.#objectFaults(list, index, sent));
    if (faults.length > 0 || !isObject(sent)) {
      this.#faults.push(...faults);
      return [];
    }
    const upgraded = this.#upgrade.upgrade(list, index, sent);
    this.#faults.push(...upgraded.faults.slice(0, MAX_FAULTS - this.#faults.length));
    for (const { object, madeByUpgrade } of upgraded.objects) {
      if (madeByUpgrade || this.#foreign.length >= MAX_FAULTS) continue;
      const foreign = originFault(list, index, sent, object.origin, this.#origins);
      if (foreign !== null) this.#foreign.push(foreign);
    }
    if (this.#faults.length > 0 || this.#foreign.length > 0) return [];
    return upgraded.objects.map((made) => toModel(made.list, made.object));
  }

  judgement(): Judgement {
    if (this.#faults.length > 0) return { verdict: 'invalid', faults: this.#faults };
    return this.#foreign.length > 0 ? { verdict: 'foreign', faults: this.#foreign } : { verdict: 'accepted' };
  }

  #objectFaults(list: SentListName, index: number, sent: unknown): Fault[] {
    return this.#rules.objectFaults(list, index, sent, MAX_FAULTS - this.#faults.length);
  }
}

function tooLarge(list: SentListName, index: number): Fault {
  const message = `One object may have at most ${MAX_OBJECT_BYTES / 2 ** 20} MiB and ${MAX_OBJECT_VALUES} values: give larger data by URL.`;
  return fault([list, index], 'storable', message, undefined);
}
