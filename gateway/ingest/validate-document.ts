import type { Fault, StoredObject } from '../../adapters/contract/adapter.ts';
import type { ByteSource } from '../../adapters/kit/json/byte-source.ts';
import { fault, MAX_FAULTS, quoted } from '../../adapters/kit/kcidb/faults.ts';
import { toModel } from '../../adapters/kit/kcidb/model.ts';
import { DocumentValidator } from '../../adapters/kit/kcidb/validator.ts';
import {
  type DocumentVisitor,
  type KcidbObject,
  type SentListName,
  walkDocument,
} from '../../adapters/kit/kcidb/walk-document.ts';

/** What became of a document: `invalid` goes before `foreign`, since nobody's token makes it right. */
export type Judgement =
  | { readonly verdict: 'accepted' }
  | { readonly verdict: 'invalid' | 'foreign'; readonly faults: readonly Fault[] };

/** Judges a document part by part: validates each object, and holds its origin against those that the submitter may speak for. */
export class DocumentJudge implements DocumentVisitor {
  readonly #validator: DocumentValidator;
  readonly #origins: readonly string[] | null;
  readonly #sink: (object: StoredObject) => void;
  readonly #faults: Fault[] = [];
  readonly #foreign: Fault[] = [];

  private constructor(
    validator: DocumentValidator,
    origins: readonly string[] | null,
    sink: (object: StoredObject) => void,
  ) {
    this.#validator = validator;
    this.#origins = origins;
    this.#sink = sink;
  }

  /**
   * @param version the value of the document's `version`, undefined without one
   * @param origins whose objects are taken; null: everybody's
   * @param sink takes the objects to store: none once the document cannot be accepted any more
   */
  static of(
    version: unknown,
    origins: readonly string[] | null,
    sink: (object: StoredObject) => void,
  ): DocumentJudge | Fault {
    const validator = DocumentValidator.of(version);
    return validator instanceof DocumentValidator ? new DocumentJudge(validator, origins, sink) : validator;
  }

  /** Whether no more faults are told, so that the rest need not be looked at. */
  get isFull(): boolean {
    return this.#faults.length >= MAX_FAULTS;
  }

  /** Narrows a key of the document to the name of a list; a key or a value that cannot be right is a fault. */
  isList(key: string, value: unknown): key is SentListName {
    if (key === 'version' || this.isFull) return false;
    const found = this.#validator.memberFault(key, value);
    if (found !== null) this.#faults.push(found);
    return found === null;
  }

  object(list: SentListName, index: number, given: unknown): void {
    if (this.isFull) return;
    const validated = this.#validator.object(list, index, given, MAX_FAULTS - this.#faults.length);
    if (!validated.valid) {
      this.#faults.push(...validated.faults);
      return;
    }
    const { sent, objects } = validated;
    for (const { object, madeByUpgrade } of objects) {
      if (madeByUpgrade || this.#foreign.length >= MAX_FAULTS) continue;
      const foreign = originFault(list, index, sent, object.origin, this.#origins);
      if (foreign !== null) this.#foreign.push(foreign);
    }
    if (this.#faults.length > 0 || this.#foreign.length > 0) return;
    for (const made of objects) this.#sink(toModel(made.list, made.object));
  }

  judgement(): Judgement {
    if (this.#faults.length > 0) return { verdict: 'invalid', faults: this.#faults };
    return this.#foreign.length > 0 ? { verdict: 'foreign', faults: this.#foreign } : { verdict: 'accepted' };
  }
}

/** Takes the objects of a document while it is judged; they count only if it is accepted in the end. */
export type ObjectSink = (object: StoredObject) => void;

/**
 * Judges a document of any size.
 *
 * @param isCancelled whether nobody waits any more; what is returned then means nothing
 */
export function judgeBytes(
  source: ByteSource,
  origins: readonly string[] | null,
  sink: ObjectSink,
  isCancelled: () => boolean,
): Judgement {
  const judge = walkDocument(source, (version) => DocumentJudge.of(version, origins, sink), isCancelled);
  return judge instanceof DocumentJudge ? judge.judgement() : { verdict: 'invalid', faults: [judge] };
}

/**
 * The fault of an object whose origin the submitter may not speak for.
 *
 * @param sent the object as it was sent: before 3.0 its origin stands in its id
 * @param origin that of the upgraded object
 * @param origins null: everybody's
 */
export function originFault(
  list: SentListName,
  index: number,
  sent: KcidbObject,
  origin: unknown,
  origins: readonly string[] | null,
): Fault | null {
  if (origins === null || (typeof origin === 'string' && origins.includes(origin))) return null;
  const field = Object.hasOwn(sent, 'origin') ? 'origin' : 'id';
  const mine = origins.map((one) => `"${one}"`).join(', ');
  const message = `The token speaks for ${mine}, and this object's origin is ${quoted(origin)}: send it with a token of that origin.`;
  return fault([list, index, field], 'origin', message, sent[field]);
}
