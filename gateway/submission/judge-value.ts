import type { StoredObject } from '../../adapters/adapter.ts';
import { fault, quoted } from '../../adapters/kit/kcidb/fault.ts';
import { isObject } from '../../adapters/kit/kcidb/kcidb-object.ts';
import { isSliceOver, yieldToEventLoop } from '../../adapters/kit/yield-to-event-loop.ts';
import { DocumentJudge, type Judgement } from './document-judge.ts';

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
