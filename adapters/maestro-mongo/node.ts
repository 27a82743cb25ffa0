import { type Document, ObjectId } from 'bson';
import type { Filter } from 'mongodb';
import type { Call } from '../adapter.ts';
import { SourceError } from '../errors.ts';
import { documentOf, idOf, integerOf, textOf, timeOf } from '../kit/mongo/documents.ts';

export type NodeEntity = 'checkout' | 'build' | 'test';
export type Result = 'pass' | 'fail' | 'skip' | 'incomplete';
type Fields = Readonly<Record<string, unknown>>;

/** A node of Maestro, whichever year wrote it. What was not asked for, or is not there, is null or empty. */
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
  /** How often the same was tried before. */
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
 * A document of the collection `node`; null where it is none of the objects that are shown, or where it cannot be
 * understood, which `call.warn` is told. A field that cannot be understood is told too, and null.
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

/** What `call.warn` is told of a node. */
export function invalidNode(id: string | null, what: string): SourceError {
  return new SourceError('SOURCE_BAD_DATA', `The node ${id ?? '(without an id)'} ${what}.`, id === null ? {} : { id });
}

function entityOf(kind: unknown, name: string, path: readonly string[]): NodeEntity | null {
  if (kind === 'checkout') return 'checkout';
  if (kind === 'kbuild') return 'build';
  if (typeof kind === 'string' && TEST_KINDS.has(kind)) return 'test';
  // Until December 2023 all nodes were of one kind, and their names told them apart.
  if (kind !== 'node' && !isAbsent(kind)) return null;
  if (name === 'checkout') return 'checkout';
  return name.startsWith('kbuild') && path.length <= 2 ? 'build' : 'test';
}

/** In 2022 one field told the state, and the result once there was one. */
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
 * The nodes of each entity, for walks in the order of `_id`. Until December 2023 all nodes were of the kind `node`; which
 * of them are tests is seen when they are read.
 */
export const NODES_OF: Readonly<Record<NodeEntity, Filter<Document>>> = {
  checkout: { $or: [{ kind: 'checkout' }, { kind: 'node', name: 'checkout' }] },
  build: { $or: [{ kind: 'kbuild' }, { kind: 'node', name: { $regex: '^kbuild' } }] },
  test: { kind: { $in: ['job', 'test', 'process', 'node'] } },
};

/** The same below a parent, where few others lie. */
export const CHILD_KINDS: Readonly<Record<Exclude<NodeEntity, 'checkout'>, readonly string[]>> = {
  build: ['kbuild', 'node'],
  test: ['job', 'test', 'process', 'node'],
};
