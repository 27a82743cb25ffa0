import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { StoredObject } from '../../adapter.ts';
import { ENTITY_NAMES, type Entities, type EntityName } from '../../model.ts';
import { parseExactJson } from '../exact-json.ts';

const WRITE_LENGTH = 256 * 1024;
const READ_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** Writes objects to a file, one a line, so that a document of any size passes from the judge to the store. */
export class ObjectLineWriter {
  readonly #file: number;
  #lines: string[] = [];
  #length = 0;

  constructor(file: number) {
    this.#file = file;
  }

  write(object: StoredObject): void {
    const line = JSON.stringify(object);
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= WRITE_LENGTH) this.flush();
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(`${this.#lines.join('\n')}\n`);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    this.#lines = [];
    this.#length = 0;
  }
}

/** Reads back what {@link ObjectLineWriter} wrote, from the start. Each chunk is waited for, so that the event loop turns. */
export async function* readObjectLines(file: FileHandle): AsyncGenerator<StoredObject> {
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
      yield parseObject(line.toString('utf8'));
    }
    rest.push(chunk.subarray(start));
  }
}

function parseObject(line: string): StoredObject {
  const value: unknown = parseExactJson(line);
  if (!isStoredObject(value)) throw new Error('A spooled object is damaged.');
  return value;
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
