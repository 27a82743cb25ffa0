import type { Fault } from '../../adapter.ts';
import { type DocumentRules, rulesOf } from './document-rules.ts';
import { fault, MAX_FAULTS, quoted } from './fault.ts';
import { isObject, type KcidbObject } from './kcidb-object.ts';
import { isFault, readVersion } from './read-version.ts';

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
