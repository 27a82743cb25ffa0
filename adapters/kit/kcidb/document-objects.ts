import type { StoredObject } from '../../adapter.ts';
import { rounded } from '../exact-json.ts';
import { rulesOf } from './document-rules.ts';
import { exactInMisc } from './exact-misc.ts';
import { quoted } from './fault.ts';
import { isObject, type KcidbObject, type SentListName } from './kcidb-object.ts';
import { ObjectUpgrade } from './object-upgrade.ts';
import { isFault, readVersion } from './read-version.ts';
import { toModel } from './to-model.ts';

/** What of a document could not be understood. */
export interface DocumentFault {
  /** The id of the object that is left out; null where it has none, or where more than one object is concerned. */
  readonly id: string | null;
  /** A sentence that begins with the place, such as `/tests/3/status`. */
  readonly message: string;
}

/**
 * The objects of a parsed KCIDB document of any version, upgraded and in the common model, one by one. Unlike a
 * submission, a document is not refused as a whole: an object that is not valid is left out, with one fault.
 */
export function* documentObjects(document: unknown): Generator<StoredObject | DocumentFault> {
  if (!isObject(document)) {
    yield { id: null, message: `A KCIDB document is a JSON object with a "version", not ${quoted(document)}.` };
    return;
  }
  const version = readVersion(rounded(document.version));
  if (isFault(version)) {
    yield { id: null, message: version.message };
    return;
  }
  const rules = rulesOf(version);
  const upgrade = new ObjectUpgrade(version);
  for (const [key, value] of Object.entries(document)) {
    const keyFault = rules.keyFault(key, value);
    if (keyFault !== null) yield { id: null, message: `${keyFault.path}: ${keyFault.message}` };
  }
  for (const list of rules.lists) {
    const objects: unknown = document[list];
    const listFault = objects === undefined ? null : rules.listFault(list, objects);
    if (listFault !== null) yield { id: null, message: listFault.message };
    if (!Array.isArray(objects)) continue;
    for (const [index, object] of objects.entries()) yield* oneObject(list, index, exactInMisc(object));
  }

  function* oneObject(list: SentListName, index: number, object: unknown): Generator<StoredObject | DocumentFault> {
    const [fault] = rules.objectFaults(list, index, object, 1);
    if (fault !== undefined || !isObject(object)) {
      yield { id: idOf(object), message: `${fault?.path ?? `/${list}/${index}`}: ${fault?.message ?? 'No object.'}` };
      return;
    }
    const upgraded = upgrade.upgrade(list, index, object);
    for (const { path, message } of upgraded.faults) yield { id: idOf(object), message: `${path}: ${message}` };
    for (const one of upgraded.objects) yield toModel(one.list, one.object);
  }
}

/** Whether {@link documentObjects} gave a fault in the place of an object. */
export function isDocumentFault(given: StoredObject | DocumentFault): given is DocumentFault {
  return 'message' in given;
}

function idOf(object: unknown): string | null {
  const id: unknown = isObject(object) ? (object satisfies KcidbObject).id : null;
  return typeof id === 'string' ? id.slice(0, 200) : null;
}
