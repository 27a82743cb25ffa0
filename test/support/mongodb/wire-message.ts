import { type Document, deserialize, serialize } from 'bson';

/** A message of MongoDB's protocol, whole. */
export interface WireMessage {
  readonly bytes: Buffer;
  readonly requestId: number;
  readonly responseTo: number;
  /** Of `OP_MSG`: the document in it; null of the older kinds. */
  readonly body: Document | null;
}

const HEADER = 16;
const OP_MSG = 2013;

/** Cuts a stream of bytes into messages. */
export class WireReader {
  #waiting: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): readonly WireMessage[] {
    this.#waiting = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    const messages: WireMessage[] = [];
    while (this.#waiting.length >= HEADER && this.#waiting.length >= this.#waiting.readInt32LE(0)) {
      const length = this.#waiting.readInt32LE(0);
      messages.push(readMessage(this.#waiting.subarray(0, length)));
      this.#waiting = this.#waiting.subarray(length);
    }
    return messages;
  }
}

function readMessage(bytes: Buffer): WireMessage {
  const isDocument = bytes.readInt32LE(12) === OP_MSG && bytes[HEADER + 4] === 0;
  return {
    bytes,
    requestId: bytes.readInt32LE(4),
    responseTo: bytes.readInt32LE(8),
    body: isDocument
      ? deserialize(bytes.subarray(HEADER + 5), {
          allowObjectSmallerThanBufferSize: true,
          promoteValues: false,
          validation: { utf8: false },
        })
      : null,
  };
}

/** An answer to a message. */
export function replyTo(requestId: number, body: Document): Buffer {
  const document = serialize(body);
  const head = Buffer.alloc(HEADER + 5);
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, document]);
}
