import type { Fault } from '../../adapter.ts';
import type { ByteSource } from '../json/byte-source.ts';
import { type Member, outlineOf } from './document-outline.ts';
import { fault } from './fault.ts';
import type { SentListName } from './kcidb-object.ts';
import { elementsOf } from './list-elements.ts';

/** Sees the parts of a document one by one. */
export interface DocumentVisitor {
  /** Nothing more is wanted, so that the rest need not be looked at. */
  readonly isFull: boolean;
  /** Sees a member of the document, and says whether it is a list whose objects are wanted. */
  isList(key: string, value: unknown): key is SentListName;
  /** @param value the object; `TOO_LARGE` in the place of one that has too much */
  object(list: SentListName, index: number, value: unknown): void;
}

const LARGEST_VALUE = 64 * 1024;
/** Objects between two looks at whether anybody still waits. */
const STRIDE = 256;

/**
 * Walks through a document of any size in two passes over its bytes: the first finds out whether it can be read and where
 * its members lie (`version` may stand last, and a repeated key means its last value), the second goes object by object.
 *
 * @param visitorOf makes the visitor once the version is known
 * @param isCancelled whether nobody waits any more; what is returned then means nothing
 * @returns the visitor, or why nothing of the document can be read
 */
export function walkDocument<V extends DocumentVisitor>(
  source: ByteSource,
  visitorOf: (version: unknown) => V | Fault,
  isCancelled: () => boolean,
): V | Fault {
  const outline = outlineOf(source, isCancelled);
  if ('fault' in outline) return outline.fault;
  if (outline.members === null) return notAnObject(source);
  const version = outline.members.find(({ key }) => key === 'version');
  const visitor = visitorOf(version === undefined ? undefined : memberValue(source, version));
  if ('rule' in visitor) return visitor;
  for (const member of outline.members) {
    if (!visitor.isList(member.key, memberValue(source, member))) continue;
    let index = 0;
    for (const element of elementsOf(source, member.start, member.end)) {
      visitor.object(member.key, index, element);
      index++;
      if (visitor.isFull || (index % STRIDE === 0 && isCancelled())) break;
    }
  }
  return visitor;
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
