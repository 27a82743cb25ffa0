import { type Document, ObjectId } from 'bson';
import type { Filter } from 'mongodb';
import type { Call } from '../contract/adapter.ts';
import { SourceError } from '../contract/errors.ts';
import { documentOf, idOf, integerOf, textOf, timeOf } from '../kit/mongo/documents.ts';

export type NodeEntity = 'checkout' | 'build' | 'test';
export type Result = 'pass' | 'fail' | 'skip' | 'incomplete';
type Fields = Readonly<Record<string, unknown>>;

/** A node of Maestro, from any year. Fields that are not selected or absent are null or empty. */
export interface MaestroNode {
  readonly id: string;
  readonly entity: NodeEntity;
  readonly name: string;
  /** Names from the root. */
  readonly path: readonly string[];
  readonly parent: string | null;
  /** The same for all nodes of a checkout; older ones have none. */
  readonly tree: string | null;
  readonly isDone: boolean;
  readonly result: Result | null;
  readonly created: string | null;
  readonly updated: string | null;
  /** The number of earlier attempts. */
  readonly retryCounter: number | null;
  /** Names of files with their URLs, never empty. */
  readonly artifacts: Readonly<Record<string, string>> | null;
  readonly errorCode: string | null;
  readonly data: Fields;
  /** Each node has `data`, whatever is in it; only the oldest have none. */
  readonly hasData: boolean;
  readonly revision: Fields | null;
}

const TEST_KINDS: ReadonlySet<string> = new Set(['job', 'test', 'process']);
const RESULTS: ReadonlySet<string> = new Set<Result>(['pass', 'fail', 'skip', 'incomplete']);
const NO_FIELDS: Fields = {};

/**
 * Parses a document of the collection `node`. Returns null for a kind that the adapter does not show, and for an
 * invalid document, of which it warns. It warns of an invalid field too, which becomes null.
 */
export function readNode(document: Document, call: Pick<Call, 'warn'>): MaestroNode | null {
  const id = document._id instanceof ObjectId ? document._id.toHexString() : null;
  const fault = (what: string) => call.warn(invalidNode(id ?? textOf(document._id), what));
  if (id === null) return leaveOut(fault, 'has an `_id` that is no ObjectId');
  if (document.kind === 'regression') return null;
  const path = pathOf(document.path);
  if (path === null) return leaveOut(fault, 'has no path of names');
  const name = textOf(document.name) ?? path.at(-1) ?? null;
  if (name === null) return leaveOut(fault, 'has no name');
  const entity = entityOf(document.kind, name, path);
  if (entity === null) return leaveOut(fault, `is of the kind ${quoted(document.kind)}, which is not known`);
  const data = documentOf(document.data);
  const parent = idOf(document.parent);
  if (parent === null && !isAbsent(document.parent)) return leaveOut(fault, 'has a parent that is no id');
  const revision = documentOf(data?.kernel_revision) ?? documentOf(document.revision);
  return {
    ...{ id, entity, name, path, parent, revision },
    tree: textOf(document.treeid),
    isDone: document.state === 'done' || (isAbsent(document.state) && !isAbsent(document.status)),
    result: resultOf(document, fault),
    created: timeIn(document.created, 'time of creation', fault),
    updated: timeIn(document.updated, 'time of its last change', fault),
    retryCounter: integerOf(document.retry_counter),
    artifacts: artifactsOf(document.artifacts, fault),
    errorCode: textOf(data?.error_code),
    data: data ?? NO_FIELDS,
    hasData: data !== null || document.kind === 'node',
  };
}

/** The warning about an invalid node or field. */
export function invalidNode(id: string | null, what: string): SourceError {
  return new SourceError('SOURCE_BAD_DATA', `The node ${id ?? '(without an id)'} ${what}.`, id === null ? {} : { id });
}

function entityOf(kind: unknown, name: string, path: readonly string[]): NodeEntity | null {
  if (kind === 'checkout') return 'checkout';
  if (kind === 'kbuild') return 'build';
  if (typeof kind === 'string' && TEST_KINDS.has(kind)) return 'test';
  // Until December 2023 all nodes had the same kind, and only their names differed.
  if (kind !== 'node' && !isAbsent(kind)) return null;
  if (name === 'checkout') return 'checkout';
  return name.startsWith('kbuild') && path.length <= 2 ? 'build' : 'test';
}

/** In 2022 one field had the state, and later the result. */
function resultOf({ result, status, state }: Document, fault: (what: string) => void): Result | null {
  if (isAbsent(result)) return isAbsent(state) && isResult(status) ? status : null;
  if (isResult(result)) return result;
  fault(`has the result ${quoted(result)}, which is not known`);
  return null;
}

function timeIn(value: unknown, what: string, fault: (what: string) => void): string | null {
  const time = timeOf(value);
  if (time === null && !isAbsent(value)) fault(`has a ${what} that is none`);
  return time;
}

function artifactsOf(value: unknown, fault: (what: string) => void): MaestroNode['artifacts'] {
  const artifacts = documentOf(value);
  if (artifacts === null) {
    if (!isAbsent(value)) fault('has artifacts that are no document');
    return null;
  }
  const urls = Object.entries(artifacts).flatMap(([name, url]) =>
    typeof url === 'string' && url !== '' ? [[name, url] as const] : [],
  );
  return urls.length === 0 ? null : Object.fromEntries(urls);
}

function pathOf(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  return value.every((name) => typeof name === 'string') ? value : null;
}

function isResult(value: unknown): value is Result {
  return typeof value === 'string' && RESULTS.has(value);
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined;
}

function leaveOut(fault: (what: string) => void, what: string): null {
  fault(`${what}: it is left out`);
  return null;
}

function quoted(value: unknown): string {
  return `"${String(typeof value === 'object' ? JSON.stringify(value) : value).slice(0, 40)}"`;
}

/**
 * Conditions for the nodes of each entity, for lists ordered by `_id`. Until December 2023 all nodes had the kind
 * `node`; `readNode` decides which of them are tests.
 */
export const NODES_OF: Readonly<Record<NodeEntity, Filter<Document>>> = {
  checkout: { $or: [{ kind: 'checkout' }, { kind: 'node', name: 'checkout' }] },
  build: { $or: [{ kind: 'kbuild' }, { kind: 'node', name: { $regex: '^kbuild' } }] },
  test: { kind: { $in: ['job', 'test', 'process', 'node'] } },
};

/** The kinds of children of each entity: below a parent there are few others. */
export const CHILD_KINDS: Readonly<Record<Exclude<NodeEntity, 'checkout'>, readonly string[]>> = {
  build: ['kbuild', 'node'],
  test: ['job', 'test', 'process', 'node'],
};
