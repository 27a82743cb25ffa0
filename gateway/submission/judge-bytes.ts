import type { Fault, StoredObject } from '../../adapters/adapter.ts';
import type { ByteSource } from '../../adapters/kit/json/byte-source.ts';
import { type Member, outlineOf } from '../../adapters/kit/kcidb/document-outline.ts';
import { fault } from '../../adapters/kit/kcidb/fault.ts';
import { elementsOf } from '../../adapters/kit/kcidb/list-elements.ts';
import { DocumentJudge, type Judgement } from './document-judge.ts';

/** Takes the objects of a document while it is judged; they count only if it is accepted in the end. */
export type ObjectSink = (object: StoredObject) => void;

const LARGEST_VALUE = 64 * 1024;
/** Objects between two looks at whether anybody still waits. */
const STRIDE = 256;

/**
 * Judges a document of any size in two passes over its bytes: the first finds out whether it can be read and where its
 * members lie (`version` may stand last, and a repeated key means its last value), the second judges object by object.
 *
 * @param isCancelled whether nobody waits any more; what is returned then means nothing
 */
export function judgeBytes(
  source: ByteSource,
  origins: readonly string[] | null,
  sink: ObjectSink,
  isCancelled: () => boolean,
): Judgement {
  const outline = outlineOf(source, isCancelled);
  if ('fault' in outline) return refused(outline.fault);
  if (outline.members === null) return refused(notAnObject(source));
  const version = outline.members.find(({ key }) => key === 'version');
  const judge = DocumentJudge.of(version === undefined ? undefined : memberValue(source, version), origins);
  if (!(judge instanceof DocumentJudge)) return refused(judge);
  for (const member of outline.members) {
    if (!judge.isList(member.key, memberValue(source, member))) continue;
    let index = 0;
    for (const element of elementsOf(source, member.start, member.end)) {
      for (const object of judge.judge(member.key, index, element)) sink(object);
      index++;
      if (judge.isFull || (index % STRIDE === 0 && isCancelled())) break;
    }
  }
  return judge.judgement();
}

function refused(found: Fault): Judgement {
  return { verdict: 'invalid', faults: [found] };
}

/** A member's value; of what is larger than any value at the top of a document that can be right, only the kind is true. */
function memberValue(source: ByteSource, { start, end }: Member): unknown {
  if (end - start <= LARGEST_VALUE) return JSON.parse(textOf(source, start, end));
  const first = textOf(source, start, start + 1);
  if (first === '[') return [];
  if (first === '{') return {};
  return textOf(source, start + 1, start + 1000);
}

function notAnObject(source: ByteSource): Fault {
  const kind = kindOf(textOf(source, 0, Math.min(source.size, 1000)).trimStart());
  const message = `A KCIDB document is a JSON object with a "version", not ${kind}.`;
  return fault([], 'type', message, null);
}

function kindOf(text: string): string {
  if (text.startsWith('[')) return 'a list';
  if (text.startsWith('"')) return 'a string';
  return /^(?:true|false|null)/.exec(text)?.[0] ?? 'a number';
}

function textOf(source: ByteSource, start: number, end: number): string {
  return Buffer.from(source.read(start, end)).toString('utf8');
}
