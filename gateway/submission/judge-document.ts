import type { StoredObject } from '../../adapters/adapter.ts';
import { MemoryBytes } from '../../adapters/kit/json/byte-source.ts';
import { readObjectLines } from '../../adapters/kit/kcidb/object-lines.ts';
import type { ReceivedDocument } from '../../adapters/kit/kcidb/read-document.ts';
import { openTemporaryFile } from '../../adapters/kit/temporary-file.ts';
import type { Judgement } from './document-judge.ts';
import { judgeBytes } from './judge-bytes.ts';
import type { JudgePool } from './judge-pool.ts';

/** A document that was judged. `close` frees what holds its objects. */
export interface JudgedDocument {
  readonly judgement: Judgement;
  /** From the start at each call. */
  objects(): AsyncIterable<StoredObject>;
  close(): Promise<void>;
}

/** Judges a received document: here where it is small, else in a worker thread. */
export async function judgeDocument(
  document: ReceivedDocument,
  origins: readonly string[] | null,
  pool: JudgePool,
  folder: string,
  signal: AbortSignal,
): Promise<JudgedDocument> {
  if (document.kind === 'memory') {
    const objects: StoredObject[] = [];
    const judgement = judgeBytes(
      new MemoryBytes(document.bytes),
      origins,
      (object) => objects.push(object),
      () => false,
    );
    return judgedObjects(judgement, objects);
  }
  const lines = await openTemporaryFile(folder);
  try {
    const job = { document: document.file.fd, offset: document.offset, objects: lines.fd, origins };
    const judgement = await pool.judge(job, signal);
    return { judgement, objects: () => readObjectLines(lines), close: () => lines.close() };
  } catch (error) {
    await lines.close();
    throw error;
  }
}

/** Objects that lie in memory. */
export function judgedObjects(judgement: Judgement, objects: readonly StoredObject[]): JudgedDocument {
  return { judgement, objects: () => iterate(objects), close: async () => {} };
}

async function* iterate(objects: readonly StoredObject[]): AsyncGenerator<StoredObject> {
  yield* objects;
}
