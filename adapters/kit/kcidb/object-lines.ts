import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { StoredObject } from '../../contract/adapter.ts';
import { ENTITY_NAMES, type Entities, type EntityName } from '../../contract/model.ts';
import { JoinedValue, splitValue } from '../json/value-lines.ts';
import { isSliceOver, yieldToEventLoop } from '../yield-to-event-loop.ts';

const WRITE_LENGTH = 256 * 1024;
const READ_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** Writes values as lines of JSON, a large one as several, so that whoever reads them never has much to do at once. */
export class LineWriter {
  readonly #write: (lines: string) => void;
  #lines: string[] = [];
  #length = 0;

  /** @param write takes lines that end with a newline, about 256 KiB at a time */
  constructor(write: (lines: string) => void) {
    this.#write = write;
  }

  /** Gives how many characters it wrote. */
  write(value: object): number {
    let written = 0;
    for (const line of splitValue(value)) {
      this.#lines.push(line, '\n');
      this.#length += line.length;
      written += line.length;
      if (this.#length >= WRITE_LENGTH) this.flush();
    }
    return written;
  }

  flush(): void {
    if (this.#lines.length > 0) this.#write(this.#lines.join(''));
    this.#lines = [];
    this.#length = 0;
  }
}

/** A document of any size passes from the judge to the store as lines in a file. */
export function objectLineWriter(file: number): LineWriter {
  return new LineWriter((lines) => {
    const bytes = Buffer.from(lines);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  });
}

/** Reads back what {@link objectLineWriter} wrote, from the start, in slices between which the event loop turns. */
export async function* readObjectLines(file: FileHandle): AsyncGenerator<StoredObject> {
  const joined = new JoinedValue();
  for await (const line of linesOf(file)) {
    const value = joined.add(line);
    if (value !== undefined) yield storedObject(value);
    if (isSliceOver()) await yieldToEventLoop();
  }
}

/** What {@link LineWriter} wrote of an object, as the object. */
export function storedObject(value: unknown): StoredObject {
  if (!isStoredObject(value)) throw new Error('A spooled object is damaged.');
  return value;
}

async function* linesOf(file: FileHandle): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const chunk = buffer.subarray(0, bytesRead);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...rest, chunk.subarray(start, end)]);
      rest = [];
      start = end + 1;
      yield line.toString('utf8');
    }
    rest.push(chunk.subarray(start));
  }
}

function isStoredObject(value: unknown): value is StoredObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    'entity' in value &&
    'object' in value &&
    isEntityName(value.entity) &&
    isEntity(value.object)
  );
}

function isEntityName(name: unknown): name is EntityName {
  return ENTITY_NAMES.some((known) => known === name);
}

// Written by this process a moment ago from valid objects: that it is one with an id is enough to tell damage.
function isEntity(value: unknown): value is Entities[EntityName] {
  return typeof value === 'object' && value !== null && 'id' in value;
}
