import { BSONError, type Document, deserialize, ObjectId } from 'bson';

/** What the bytes of a document came to. */
export interface ReadDocument {
  readonly document: Document;
  /** Text in it was not UTF-8: U+FFFD stands where it was not. */
  readonly isReplaced: boolean;
}

const OPTIONS = {
  // A pattern of PCRE may be none of JavaScript's.
  bsonRegExp: true,
  promoteBuffers: false,
  useBigInt64: false,
  allowObjectSmallerThanBufferSize: true,
} as const;

/**
 * One document of an answer.
 * @throws {BSONError} where the bytes are no document
 */
export function readDocument(bytes: Uint8Array): ReadDocument {
  try {
    return { document: deserialize(bytes, { ...OPTIONS, validation: { utf8: true } }), isReplaced: false };
  } catch (error) {
    if (!(error instanceof BSONError) || !/utf-?8/i.test(error.message)) throw error;
    return { document: deserialize(bytes, { ...OPTIONS, validation: { utf8: false } }), isReplaced: true };
  }
}

/** The id of a document whose bytes could not be read, where it is an ObjectId at its beginning, as servers put it. */
export function idOfBytes(bytes: Uint8Array): string | null {
  const isThere =
    bytes.length >= 21 && bytes[4] === 0x07 && Buffer.from(bytes.subarray(5, 9)).toString('latin1') === '_id\0';
  return isThere ? new ObjectId(bytes.slice(9, 21)).toHexString() : null;
}
