import type { EntityName } from '../kit/author.ts';

/** How something is asked for. */
export interface CkiKey {
  /** What stands for it in a path. */
  readonly inPath: string;
  /** The id that the answer must have; null where it was asked for by a number. */
  readonly id: string | null;
}

/** An issue as it is asked for: one version of it, or (null) the one there is. */
export interface IssueKey {
  readonly number: string;
  readonly version: number | null;
}

/** An occurrence: of which issue, in what, and in which result of a test. */
export interface OccurrenceKey {
  readonly issue: string;
  readonly subject: 'build' | 'test';
  readonly subjectId: string;
  readonly result: string | null;
}

const NUMBER = /^[0-9]{1,15}$/;
/** Longer ones no store of KCIDB holds. */
const MAX_ID = 2_000;

/**
 * Reads the id of a checkout, a build or a test. The DataWarehouse finds them by a number of its own too (`misc.iid`),
 * here `NUMBER` or `ORIGIN:NUMBER`. Of checkouts the latter is an id first, since theirs are numbers as well.
 */
export function parseKey(entity: EntityName, key: string, origin: string): CkiKey | null {
  if (NUMBER.test(key)) return { inPath: key, id: null };
  if (!key.startsWith(`${origin}:`) || key.length > MAX_ID || !isPrintable(key)) return null;
  const local = key.slice(origin.length + 1);
  if (local === '') return null;
  return entity !== 'checkout' && NUMBER.test(local) ? { inPath: local, id: null } : { inPath: key, id: key };
}

/** Reads `ORIGIN:issue_NUMBER`, `ORIGIN:NUMBER` or `NUMBER`, each alone or as `VERSION@...`. */
export function parseIssueKey(key: string, origin: string): IssueKey | null {
  const [, version, id = ''] = /^(?:([0-9]{1,16})@)?(.*)$/s.exec(key) ?? [];
  const local = id.startsWith(`${origin}:`) ? id.slice(origin.length + 1) : id;
  const number = local !== id && local.startsWith('issue_') ? local.slice('issue_'.length) : local;
  if (!NUMBER.test(number)) return null;
  return { number: String(Number(number)), version: version === undefined ? null : Number(version) };
}

export function issueId(number: string | number, origin: string): string {
  return `${origin}:issue_${number}`;
}

/**
 * How CKI itself names an incident is not known. This id tells all by which an occurrence is found again:
 * `ORIGIN:occurrence:ISSUE:build:BUILD`, `...:test:TEST`, or `...:result:RESULT:TEST`.
 */
export function occurrenceId({ issue, subject, subjectId, result }: OccurrenceKey, origin: string): string {
  const where = result === null ? subject : `result:${result}`;
  return `${origin}:occurrence:${issue}:${where}:${subjectId}`;
}

export function parseOccurrenceId(id: string, origin: string): OccurrenceKey | null {
  if (!id.startsWith(`${origin}:occurrence:`) || id.length > 2 * MAX_ID || !isPrintable(id)) return null;
  const rest = id.slice(`${origin}:occurrence:`.length);
  const [, issue = '', where = '', result, subjectId = ''] =
    /^([0-9]{1,15}):(build|test|result:([^:]{1,200})):(.+)$/s.exec(rest) ?? [];
  if (parseKey('test', subjectId, origin)?.id !== subjectId) return null;
  return { issue, subject: where === 'build' ? 'build' : 'test', subjectId, result: result ?? null };
}

/** The part of a result's id that its test's id does not tell already. */
export function resultName(resultId: string, testId: string | null): string {
  const own = testId !== null && resultId.startsWith(`${testId}.`) ? resultId.slice(testId.length + 1) : resultId;
  return encodeURIComponent(own.toWellFormed()).slice(0, 200);
}

/** An id as a part of a path: it can neither leave its place nor become a query. */
export function pathPart(id: string): string {
  return encodeURIComponent(id).replaceAll('%3A', ':');
}

function isPrintable(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}
