import type { StoredObject } from '../../adapters/adapter.ts';
import type { ByteSource } from '../../adapters/kit/json/byte-source.ts';
import { walkDocument } from '../../adapters/kit/kcidb/walk-document.ts';
import { DocumentJudge, type Judgement } from './document-judge.ts';

/** Takes the objects of a document while it is judged; they count only if it is accepted in the end. */
export type ObjectSink = (object: StoredObject) => void;

/**
 * Judges a document of any size.
 *
 * @param isCancelled whether nobody waits any more; what is returned then means nothing
 */
export function judgeBytes(
  source: ByteSource,
  origins: readonly string[] | null,
  sink: ObjectSink,
  isCancelled: () => boolean,
): Judgement {
  const judge = walkDocument(source, (version) => DocumentJudge.of(version, origins, sink), isCancelled);
  return judge instanceof DocumentJudge ? judge.judgement() : { verdict: 'invalid', faults: [judge] };
}
