import {
  type Found,
  type Incident,
  type Issue,
  type Json,
  type JsonObject,
  normaliseTime,
  SourceError,
} from '../kit/author.ts';
import { quote } from './client/quote.ts';
import { isRaw, type Raw, textOf } from './client/raw.ts';
import { issueId, occurrenceId, resultName } from './ids.ts';
import type { Warn } from './kcidb-record.ts';
import type { CkiOptions } from './options.ts';
import { numberOf, translateIssue } from './translate-issue.ts';

/** That below which an occurrence was found. */
export interface Subject {
  readonly entity: 'build' | 'test';
  readonly id: string;
}

export interface FoundOccurrence extends Found<Incident> {
  /** The issue that came with it; null where only its number did. */
  readonly issue: Issue | null;
}

/**
 * An occurrence of an issue as an incident. One that is of a whole checkout has no place in KCIDB: it is left out and
 * told of.
 */
export function translateIncident(
  given: Json,
  subject: Subject,
  options: CkiOptions,
  warn: Warn,
): FoundOccurrence | null {
  const told = isRaw(given) ? given.issue : undefined;
  const number = numberOf(isRaw(told) ? told.id : told) ?? (isRaw(given) ? numberOf(given.issue_id) : null);
  if (!isRaw(given) || number === null) {
    const message = `An occurrence must be an object that names its issue, and this came: ${quote(given)}`;
    warn(new SourceError('SOURCE_BAD_DATA', message, { id: subject.id }));
    return null;
  }
  const [buildId, testId] = [textOf(given, 'build_id'), textOf(given, 'test_id')];
  const result = textOf(given, 'testresult_id');
  const ofCheckout = textOf(given, 'checkout_id');
  if (buildId === null && testId === null && result === null && ofCheckout !== null) {
    const message = `The issue ${number} occurred in a checkout as a whole, for which KCIDB has no incident: it is left out.`;
    warn(new SourceError('SOURCE_BAD_DATA', message, { id: ofCheckout }));
    return null;
  }
  // Those of the tests of a build may be listed with it; each stands below its test.
  const its = subject.entity === 'build' ? buildId : testId;
  if (its === null ? buildId !== null || testId !== null : its !== subject.id) return null;
  // What says of neither where it was is of that below which it came.
  const of = subject.id;
  const issue = isRaw(told) ? translateIssue(told, options, warn) : null;
  const { origin } = options;
  const name = result === null || subject.entity === 'build' ? null : resultName(result, of);
  const key = { issue: number, subject: subject.entity, subjectId: of, result: name };
  const created = textOf(given, 'created_at');
  const time = created === null ? null : normaliseTime(created);
  const incident: Incident = {
    id: occurrenceId(key, origin),
    origin,
    issueId: issueId(number, origin),
    issueVersion: issue?.object.version ?? 0,
    buildId: subject.entity === 'build' ? of : null,
    testId: subject.entity === 'test' ? of : null,
    present: true,
    comment: null,
    timestamp: time,
    misc: miscOf(given),
  };
  return { object: incident, time, issue: issue?.object ?? null };
}

const OWN_FIELDS: ReadonlySet<string> = new Set(['issue', 'issue_id', 'checkout_id', 'build_id', 'test_id']);

function miscOf(given: Raw): JsonObject | null {
  const entries = Object.entries(given).filter(
    ([key, value]) => !OWN_FIELDS.has(key) && value !== null && value !== '',
  );
  return entries.length === 0 ? null : Object.fromEntries(entries);
}
