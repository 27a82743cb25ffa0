import type { Fault } from '../../adapter.ts';
import type { DocumentRules } from './document-rules.ts';
import { MAX_FAULTS } from './fault.ts';
import { isObject, type KcidbObject, type ListName } from './kcidb-object.ts';
import { ObjectUpgrade, type UpgradedObject } from './object-upgrade.ts';

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
