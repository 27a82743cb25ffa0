import type { Fault } from '../../contract/adapter.ts';
import { fault, MAX_FAULTS, quoted } from './faults.ts';
import { ObjectUpgrade, type UpgradedObject } from './object-upgrade.ts';
import { isFault, readVersion } from './read-version.ts';
import { type DocumentRules, rulesOf } from './validator.ts';
import { isObject, type KcidbObject, type ListName } from './walk-document.ts';

/** The verdict on a document: the rules of its version where it is valid, else up to {@link MAX_FAULTS} faults. */
export type Verdict =
  | { readonly valid: true; readonly rules: DocumentRules; readonly document: KcidbObject }
  | { readonly valid: false; readonly faults: readonly Fault[] };

/**
 * Judges a parsed KCIDB document of any version from 1.1 to 5.3 by the rules of its own version, and by what can be
 * stored at all. For a document that is too large to be held whole, use {@link rulesOf} part by part.
 */
export function validate(document: unknown): Verdict {
  if (!isObject(document)) {
    const message = `A KCIDB document is a JSON object with a "version", not ${quoted(document)}.`;
    return { valid: false, faults: [fault([], 'type', message, document)] };
  }
  const version = readVersion(Object.hasOwn(document, 'version') ? document.version : undefined);
  if (isFault(version)) return { valid: false, faults: [version] };
  const rules = rulesOf(version);
  const faults: Fault[] = [];
  for (const [key, value] of Object.entries(document)) {
    if (faults.length >= MAX_FAULTS) break;
    faults.push(...partFaults(rules, key, value, MAX_FAULTS - faults.length));
  }
  return faults.length === 0 ? { valid: true, rules, document } : { valid: false, faults };
}

function partFaults(rules: DocumentRules, key: string, value: unknown, limit: number): Fault[] {
  if (key === 'version') return [];
  if (!rules.isList(key)) return [rules.keyFault(key, value)].filter((found) => found !== null);
  if (!Array.isArray(value)) return [rules.listFault(key, value)].filter((found) => found !== null);
  const faults: Fault[] = [];
  for (let index = 0; index < value.length && faults.length < limit; index++) {
    faults.push(...rules.objectFaults(key, index, value[index], limit - faults.length));
  }
  return faults;
}

/** A document in version 5.3, or up to 100 faults: what was valid in its own version but has no form in 5.3. */
export type Upgraded =
  | {
      readonly valid: true;
      readonly document: KcidbObject;
      /** Those objects of the document that were not sent but made by the upgrade. */
      readonly madeByUpgrade: ReadonlySet<KcidbObject>;
    }
  | { readonly valid: false; readonly faults: readonly Fault[] };

/**
 * Takes a whole valid document to version 5.3. The document is left as it is. Objects keep their order; what the upgrade
 * makes stands behind them. For a document that is too large to be held whole, use {@link ObjectUpgrade}.
 */
export function upgrade(document: KcidbObject, rules: DocumentRules): Upgraded {
  const objectUpgrade = new ObjectUpgrade(rules.version);
  const lists: Partial<Record<ListName, KcidbObject[]>> = {};
  const made: UpgradedObject[] = [];
  const faults: Fault[] = [];
  for (const sentList of rules.lists) {
    const sent = document[sentList];
    if (!Array.isArray(sent)) continue;
    const list = sentList === 'revisions' ? 'checkouts' : sentList;
    const kept: KcidbObject[] = [];
    lists[list] = kept;
    for (const [index, object] of sent.entries()) {
      if (!isObject(object) || faults.length >= MAX_FAULTS) continue;
      const upgraded = objectUpgrade.upgrade(sentList, index, object);
      faults.push(...upgraded.faults);
      for (const one of upgraded.objects) {
        if (one.madeByUpgrade) made.push(one);
        else kept.push(one.object);
      }
    }
  }
  if (faults.length > 0) return { valid: false, faults: faults.slice(0, MAX_FAULTS) };
  for (const { list, object } of made) {
    lists[list] ??= [];
    lists[list].push(object);
  }
  return {
    valid: true,
    document: { version: { major: 5, minor: 3 }, ...lists },
    madeByUpgrade: new Set(made.map(({ object }) => object)),
  };
}
