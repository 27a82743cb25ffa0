import { setImmediate } from 'node:timers/promises';
import type { StoredObject } from '../../adapters/contract/adapter.ts';
import { MemoryBytes } from '../../adapters/kit/json/byte-source.ts';
import type { ReceivedDocument } from '../../adapters/kit/kcidb/document-reader.ts';
import { fault, quoted } from '../../adapters/kit/kcidb/faults.ts';
import { readObjectLines } from '../../adapters/kit/kcidb/object-lines.ts';
import { openTemporaryFile } from '../../adapters/kit/kcidb/temporary-file.ts';
import { latestRules } from '../../adapters/kit/kcidb/validator.ts';
import { isObject } from '../../adapters/kit/kcidb/walk-document.ts';
import { isSliceOver, yieldToEventLoop } from '../../adapters/kit/yield-to-event-loop.ts';
import type { JudgePool } from './read-pool.ts';
import { DocumentJudge, type Judgement, judgeBytes } from './validate-document.ts';

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

/** Judges a document that is a value already, in slices between which the event loop turns. Rejects where nobody waits any more. */
export async function judgeValue(
  document: unknown,
  origins: readonly string[] | null,
  signal: AbortSignal,
): Promise<{ readonly judgement: Judgement; readonly objects: readonly StoredObject[] }> {
  const objects: StoredObject[] = [];
  if (!isObject(document)) {
    const message = `A KCIDB document is a JSON object with a "version", not ${quoted(document)}.`;
    return { judgement: { verdict: 'invalid', faults: [fault([], 'type', message, document)] }, objects };
  }
  const version = Object.hasOwn(document, 'version') ? document.version : undefined;
  const judge = DocumentJudge.of(version, origins, (object) => objects.push(object));
  if (!(judge instanceof DocumentJudge)) return { judgement: { verdict: 'invalid', faults: [judge] }, objects };
  for (const [key, value] of Object.entries(document)) {
    if (!judge.isList(key, value) || !Array.isArray(value)) continue;
    for (let index = 0; index < value.length && !judge.isFull; index++) {
      judge.object(key, index, value[index]);
      if (isSliceOver()) await yieldToEventLoop(signal);
    }
  }
  return { judgement: judge.judgement(), objects };
}

/**
 * Compiles the rules of the newest version, which nearly all documents have, one kind of object at a time: otherwise the
 * first document would hold everything up for as long as all of them take.
 */
export async function warmUp(): Promise<void> {
  const rules = latestRules();
  for (const list of rules.lists) {
    await setImmediate();
    // An object that is not valid needs what a valid one needs, and the explanations too.
    rules.objectFaults(list, 0, {});
  }
}
