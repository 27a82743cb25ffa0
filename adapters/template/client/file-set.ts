import { readFile } from 'node:fs/promises';
import { DocumentReader, type ReadDocuments, type SourceError, type StoredObject } from '../../kit/author.ts';
import { documentsFault, tooMany } from './faults.ts';
import { type ListedFile, listFiles } from './list-files.ts';

/** So long after it was first seen broken, a file is taken for bad rather than for half written. */
const SETTLED_MS = 2000;

interface KnownFile {
  readonly stamp: string;
  readonly read: Pick<ReadDocuments, 'objects' | 'faults' | 'faultCount'>;
  /** When its text was first seen to be no JSON, in milliseconds since the epoch; null where it is. */
  readonly brokenSince: number | null;
  /** What it held before serves on: it has to be looked at again, however long the last look took. */
  readonly isHeldBack: boolean;
}

/** What the files hold, file by file: only those that changed are read again. */
export class FileSet {
  readonly #path: string;
  readonly #maxObjects: number;
  #files: ReadonlyMap<string, KnownFile> = new Map();
  /** The last look ended early: what is known is not what lies there. */
  #isIncomplete = true;
  /** The files, as they lay there, that held too much. */
  #overfull: string | null = null;

  constructor(path: string, maxObjects: number) {
    this.#path = path;
    this.#maxObjects = maxObjects;
  }

  /** A file may still be in the middle of being written. */
  get isUnsettled(): boolean {
    return [...this.#files.values()].some(({ brokenSince, isHeldBack }) => isHeldBack || isUnsettled(brokenSince));
  }

  /**
   * Reads what has changed; false where nothing has.
   * @throws {SourceError} where there are too many objects; else what the file system says
   */
  async refresh(signal: AbortSignal): Promise<boolean> {
    const before = this.#files;
    const wasIncomplete = this.#isIncomplete;
    this.#isIncomplete = true;
    const listed = await listFiles(this.#path);
    const state = listed.map(({ name, stamp }) => `${name} ${stamp}`).join('\n');
    if (state === this.#overfull) throw tooMany(this.#maxObjects);
    const reader = new DocumentReader();
    const stop = () => void reader.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const files = new Map<string, KnownFile>();
      let left = this.#maxObjects;
      let isChanged = wasIncomplete || listed.length !== before.size;
      for (const file of listed) {
        const known = before.get(file.name);
        const current = isCurrent(known, file) ? known : await readOne(file, known, reader, left);
        isChanged ||= current !== known;
        left -= current?.read.objects.length ?? Number.POSITIVE_INFINITY;
        if (current === null || left < 0) {
          this.#overfull = state;
          throw tooMany(this.#maxObjects);
        }
        files.set(file.name, current);
        signal.throwIfAborted();
      }
      this.#files = files;
      this.#isIncomplete = false;
      this.#overfull = null;
      return isChanged;
    } finally {
      signal.removeEventListener('abort', stop);
      await reader.close();
    }
  }

  /** In the order of the files, and of the objects within each. */
  *objects(): Generator<StoredObject> {
    for (const { read } of this.#files.values()) yield* read.objects;
  }

  /** Names the first file that could not be understood, and how many there are. */
  fault(): SourceError | null {
    const bad = [...this.#files].filter(([, { read }]) => read.faultCount > 0);
    const [first] = bad;
    if (first === undefined) return null;
    const name = `"${first[0].slice(0, 100)}"${bad.length > 1 ? ` and ${bad.length - 1} more files` : ''}`;
    return documentsFault(name, first[1].read);
  }
}

function isCurrent(known: KnownFile | undefined, file: ListedFile): known is KnownFile {
  return known?.stamp === file.stamp && known.brokenSince === null;
}

function isUnsettled(brokenSince: number | null): boolean {
  return brokenSince !== null && Date.now() - brokenSince < SETTLED_MS;
}

/** What a file held before serves while it is half written. Null where it holds more objects than are left. */
async function readOne(
  file: ListedFile,
  known: KnownFile | undefined,
  reader: DocumentReader,
  left: number,
): Promise<KnownFile | null> {
  const isOldNews = known?.stamp === file.stamp && !isUnsettled(known.brokenSince);
  // It was given up already, and is as it was.
  if (isOldNews && known !== undefined && known.read.faultCount > 0) return known;
  const read = await reader.read(await readFile(file.path), file.format, left);
  if (read.isCutShort) return null;
  if (!read.isBroken) return { stamp: file.stamp, read, brokenSince: null, isHeldBack: false };
  const brokenSince = known?.brokenSince ?? Date.now();
  const isGoodBefore = known !== undefined && known.read.objects.length > read.objects.length;
  const isHeldBack = isGoodBefore && isUnsettled(brokenSince);
  return { stamp: file.stamp, read: isHeldBack ? known.read : read, brokenSince, isHeldBack };
}
