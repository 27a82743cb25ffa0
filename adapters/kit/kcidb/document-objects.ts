import type { Fault, StoredObject } from '../../adapter.ts';
import { DocumentValidator } from './document-validator.ts';
import { isObject, type SentListName } from './kcidb-object.ts';
import { toModel } from './to-model.ts';
import type { DocumentVisitor } from './walk-document.ts';

/** What of a document could not be understood. */
export interface DocumentFault {
  /** The id of the object that is left out; null where it has none, or where more than one object is concerned. */
  readonly id: string | null;
  /** A sentence that begins with the place, such as `/tests/3/status`. */
  readonly message: string;
}

/** Takes what of a document is valid, one by one. */
export interface ObjectTaker {
  /** Nothing more is wanted. */
  readonly isFull: boolean;
  take(object: StoredObject): void;
  fault(fault: DocumentFault): void;
}

/**
 * Takes the objects of a document of any version, upgraded and in the common model. Unlike a submission, a document is not
 * refused as a whole: an object that is not valid is left out, with one fault.
 */
export class TolerantVisitor implements DocumentVisitor {
  readonly #validator: DocumentValidator;
  readonly #taker: ObjectTaker;

  private constructor(validator: DocumentValidator, taker: ObjectTaker) {
    this.#validator = validator;
    this.#taker = taker;
  }

  static of(version: unknown, taker: ObjectTaker): TolerantVisitor | Fault {
    const validator = DocumentValidator.of(version);
    return validator instanceof DocumentValidator ? new TolerantVisitor(validator, taker) : validator;
  }

  get isFull(): boolean {
    return this.#taker.isFull;
  }

  isList(key: string, value: unknown): key is SentListName {
    if (key === 'version' || this.isFull) return false;
    const found = this.#validator.memberFault(key, value);
    if (found !== null) this.#taker.fault({ id: null, message: `${found.path}: ${found.message}` });
    return found === null;
  }

  object(list: SentListName, index: number, given: unknown): void {
    const validated = this.#validator.object(list, index, given, 1);
    if (validated.valid) for (const one of validated.objects) this.#taker.take(toModel(one.list, one.object));
    else {
      const [found] = validated.faults;
      const message = `${found?.path ?? `/${list}/${index}`}: ${found?.message ?? 'It is not an object.'}`;
      this.#taker.fault({ id: idOf(given), message });
    }
  }
}

function idOf(object: unknown): string | null {
  const id: unknown = isObject(object) ? object.id : null;
  return typeof id === 'string' ? id.slice(0, 200) : null;
}
