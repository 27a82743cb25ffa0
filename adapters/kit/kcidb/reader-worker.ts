// The body of the thread that reads KCIDB documents: one job at a time, some answers with objects and a last one.
import { parentPort } from 'node:worker_threads';
import type { StoredObject } from '../../adapter.ts';
import { parseExactJson } from '../exact-json.ts';
import { mayHoldMoreValues, mostValues } from '../json-values.ts';
import { type DocumentFault, documentObjects, isDocumentFault } from './document-objects.ts';
import type { ReaderAnswer, ReaderJob } from './reader-job.ts';

/** So many objects cost whoever gets them about a millisecond. */
const BATCH = 250;
const MAX_FAULTS = 10;

parentPort?.on('message', (job: ReaderJob) => read(job));

function read(job: ReaderJob): void {
  const faults: DocumentFault[] = [];
  let [faultCount, objectCount] = [0, 0];
  let isBroken = false;
  let batch: StoredObject[] = [];
  const tell = (fault: DocumentFault) => {
    faultCount += 1;
    if (faults.length < MAX_FAULTS) faults.push(fault);
  };
  for (const [place, document] of documentsIn(job)) {
    if (document instanceof Error) {
      isBroken = true;
      tell({ id: null, message: `${place}${document.message}` });
      continue;
    }
    for (const given of documentObjects(document)) {
      if (isDocumentFault(given)) {
        tell({ id: given.id, message: `${place}${given.message}` });
        continue;
      }
      objectCount += 1;
      if (objectCount > job.maxObjects) break;
      batch.push(given);
      if (batch.length < BATCH) continue;
      post({ objects: JSON.stringify(batch) });
      batch = [];
    }
    if (objectCount > job.maxObjects) break;
  }
  if (batch.length > 0) post({ objects: JSON.stringify(batch) });
  post({ faults, faultCount, isBroken, isCutShort: objectCount > job.maxObjects });
}

/** Each document with what its faults begin with; an error in the place of one that is no JSON. */
function* documentsIn({ text, format }: ReaderJob): Generator<readonly [place: string, document: unknown]> {
  let whole: string;
  try {
    whole = typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    yield ['', new Error('It is no UTF-8 text.')];
    return;
  }
  if (format === 'json') {
    yield ['', parsed(whole)];
    return;
  }
  let number = 0;
  for (let start = 0; start < whole.length; ) {
    const found = whole.indexOf('\n', start);
    const end = found === -1 ? whole.length : found;
    number += 1;
    const line = whole.slice(start, end);
    if (line.trim() !== '') yield [`line ${number}: `, parsed(line)];
    start = end + 1;
  }
}

/** A document is not parsed that would take many times its size in memory. */
function parsed(text: string): unknown {
  const most = mostValues(text.length);
  if (mayHoldMoreValues(text, most)) return new Error(`It holds more than ${most} values, too many for its size.`);
  try {
    return parseExactJson(text);
  } catch (error) {
    // The message of the parser quotes the text, of any length.
    const place = error instanceof Error ? (/at position \d+/.exec(error.message)?.[0] ?? 'at its end') : '';
    return new Error(`It is no JSON ${place}.`);
  }
}

function post(answer: ReaderAnswer): void {
  parentPort?.postMessage(answer);
}
