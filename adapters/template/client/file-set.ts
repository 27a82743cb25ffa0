import { open } from 'node:fs/promises';
import {
  DocumentChanged,
  DocumentReader,
  type ReadDocuments,
  type ReadLimits,
  type ReadObject,
  type SourceError,
} from '../../kit/author.ts';
import { documentsFault, tooMuch } from './faults.ts';
import { type ListedFile, listFiles } from './list-files.ts';

/** So long after it was first seen broken, a file is taken for bad rather than for half written. */
const SETTLED_MS = 2000;

interface KnownFile {
  readonly stamp: string;
  readonly read: ReadDocuments;
  /** When its text was first seen not to be JSON, in milliseconds since the epoch; null where it is. */
  readonly brokenSince: number | null;
  /** What it held before serves on: it has to be looked at again, however long the last look took. */
  readonly isHeldBack: boolean;
}

/** What the files hold, file by file: only those that changed are read again. */
export class FileSet {
  readonly #path: string;
  readonly #limits: ReadLimits;
  #files: ReadonlyMap<string, KnownFile> = new Map();
  /** The last look ended early: what is known is not what lies there. */
  #isIncomplete = true;
  /** The files, as they lay there, that held too much, and which limit they went beyond. */
  #overfull: { readonly state: string; readonly cutBy: 'maxObjects' | 'maxBytes' } | null = null;

  constructor(path: string, limits: ReadLimits) {
    this.#path = path;
    this.#limits = limits;
  }

  /** A file may still be in the middle of being written. */
  get isUnsettled(): boolean {
    return [...this.#files.values()].some(({ brokenSince, isHeldBack }) => isHeldBack || isUnsettled(brokenSince));
  }

  /**
   * Reads what has changed; false where nothing has.
   * @throws {SourceError} where there is too much; else what the file system says
   */
  async refresh(signal: AbortSignal): Promise<boolean> {
    const before = this.#files;
    const wasIncomplete = this.#isIncomplete;
    this.#isIncomplete = true;
    const listed = await listFiles(this.#path);
    const state = listed.map(({ name, stamp }) => `${name} ${stamp}`).join('\n');
    if (state === this.#overfull?.state) throw tooMuch(this.#overfull.cutBy, this.#limits);
    const reader = new DocumentReader();
    try {
      const files = new Map<string, KnownFile>();
      let { maxObjects, maxBytes } = this.#limits;
      let isChanged = wasIncomplete || listed.length !== before.size;
      for (const file of listed) {
        const known = before.get(file.name);
        const current = isCurrent(known, file)
          ? known
          : await readOne(file, known, reader, { maxObjects, maxBytes }, signal);
        isChanged ||= current !== known;
        maxObjects -= current.read.objects.length;
        maxBytes -= current.read.keptBytes;
        const cutBy = current.read.cutBy ?? (maxObjects < 0 ? 'maxObjects' : maxBytes < 0 ? 'maxBytes' : null);
        if (cutBy !== null) {
          this.#overfull = { state, cutBy };
          throw tooMuch(cutBy, this.#limits);
        }
        files.set(file.name, current);
        signal.throwIfAborted();
      }
      this.#files = files;
      this.#isIncomplete = false;
      this.#overfull = null;
      return isChanged;
    } finally {
      await reader.close();
    }
  }

  /** In the order of the files, and of the objects within each. */
  *objects(): Generator<ReadObject> {
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

/** What a file held before serves while it is half written. */
async function readOne(
  file: ListedFile,
  known: KnownFile | undefined,
  reader: DocumentReader,
  limits: ReadLimits,
  signal: AbortSignal,
): Promise<KnownFile> {
  const isOldNews = known?.stamp === file.stamp && !isUnsettled(known.brokenSince);
  // It was given up already, and is as it was.
  if (isOldNews && known !== undefined && known.read.faultCount > 0) return known;
  const read = await readFile(file, reader, limits, signal);
  if (read.cutBy !== null || !read.isBroken) return { stamp: file.stamp, read, brokenSince: null, isHeldBack: false };
  const brokenSince = known?.brokenSince ?? Date.now();
  const isGoodBefore = known !== undefined && known.read.objects.length > read.objects.length;
  const isHeldBack = isGoodBefore && isUnsettled(brokenSince);
  return { stamp: file.stamp, read: isHeldBack ? known.read : read, brokenSince, isHeldBack };
}

async function readFile(
  { path, format }: ListedFile,
  reader: DocumentReader,
  limits: ReadLimits,
  signal: AbortSignal,
): Promise<ReadDocuments> {
  const file = await open(path, 'r');
  try {
    const document = { kind: 'file', file, offset: 0, close: () => file.close() } as const;
    return await reader.read(document, format, limits, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DocumentChanged)) throw error;
    const faults = [{ id: null, message: error.message }];
    return { objects: [], faults, faultCount: 1, documentCount: 1, isBroken: true, cutBy: null, keptBytes: 0 };
  } finally {
    await file.close();
  }
}
