import type { Document } from 'bson';
import type { Call } from '../../adapter.ts';
import { SourceError } from '../../errors.ts';
import { idOfBytes, readDocument } from './read-document.ts';
import { idOf } from './values.ts';

/** What a find gave. */
export interface Documents {
  readonly documents: readonly Document[];
  /** More match than were asked for, or than fit into the memory that one read may take. */
  readonly isCut: boolean;
}

/** One read takes no more of memory. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The documents of a cursor of raw bytes, at most `limit`. One that cannot be read is left out, and told; so is one
 * whose text was not UTF-8, which is given with U+FFFD in its place.
 */
export async function readDocuments(
  cursor: AsyncIterable<unknown> & { close(): Promise<void> },
  collection: string,
  limit: number,
  call: Pick<Call, 'warn'>,
): Promise<Documents> {
  const documents: Document[] = [];
  let count = 0;
  let bytes = 0;
  try {
    for await (const raw of cursor) {
      if (!(raw instanceof Uint8Array))
        throw new TypeError('The driver gave a document that it was not asked to read.');
      count += 1;
      bytes += raw.length;
      if (count > limit || (bytes > MAX_BYTES && count > 1)) return { documents, isCut: true };
      const document = read(raw, collection, call);
      if (document !== null) documents.push(document);
    }
  } finally {
    await cursor.close();
  }
  return { documents, isCut: false };
}

function read(raw: Uint8Array, collection: string, call: Pick<Call, 'warn'>): Document | null {
  try {
    const { document, isReplaced } = readDocument(raw);
    if (isReplaced) {
      const id = idOf(document._id);
      call.warn(
        fault(`${named(collection, id)} holds text that is not UTF-8; it is shown with U+FFFD in its place.`, id),
      );
    }
    return document;
  } catch (cause) {
    const id = idOfBytes(raw);
    call.warn(fault(`${named(collection, id)} cannot be read: its bytes are no BSON.`, id, cause));
    return null;
  }
}

function named(collection: string, id: string | null): string {
  return id === null ? `A document of \`${collection}\`` : `The document ${id} of \`${collection}\``;
}

function fault(message: string, id: string | null, cause?: unknown): SourceError {
  return new SourceError('SOURCE_BAD_DATA', message, { cause, ...(id === null ? {} : { id }) });
}
