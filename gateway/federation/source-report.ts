import { GraphQLError } from 'graphql';
import type { SourceError, SourceErrorCode } from '../../adapters/contract/errors.ts';
import type { SourceStateName } from './guard/source-state.ts';

type Path = readonly (string | number)[];

/** What `extensions.sources` says of one source. */
export interface SourceUsage {
  /** Calls that the source was asked in this request. */
  requests: number;
  /** Objects and counts that it gave. */
  items: number;
  /** Milliseconds, added up over all calls. */
  ms: number;
  /** Answers that came from the cache and asked nothing of the source. */
  cacheHits: number;
  /** Milliseconds since the oldest of what was kept and used was read from the source; 0 where all is new. */
  ageMs: number;
  /** Records that could not be understood, as a whole or in a field. */
  refused: number;
  state: SourceStateName;
}

/** What went wrong at one source, as one entry of the answer: of one kind, at one field, however often. */
export interface ReportedError {
  readonly code: SourceErrorCode;
  readonly source: string;
  /** What went wrong first. */
  readonly message: string;
  /** The first of the places, in the order of the answer; of records where the first of them was at fault. */
  readonly path: Path | null;
  readonly retryAfterMs: number | null;
  /** How many places of the field failed, or how many records have faults. */
  readonly count: number;
  /** The faults of records, up to {@link MAX_FAULTS}; empty where the source failed as a whole. */
  readonly faults: readonly RecordFault[];
}

export interface RecordFault {
  readonly id: string | null;
  readonly message: string;
}

interface Entry extends ReportedError {
  path: Path | null;
  count: number;
  readonly faults: RecordFault[];
  /** What was counted already. */
  readonly counted: Set<string>;
}

/** What a single answer may carry; a broken source has a fault in every record. */
const MAX_ENTRIES = 200;
const MAX_FAULTS = 20;
/** Ids that the sentence itself names. */
const MAX_NAMED = 10;
/** Clients throw data away that comes with `errors`: what leaves the data good is never there. */
const WARNINGS: ReadonlySet<SourceErrorCode> = new Set(['SOURCE_STALE', 'SOURCE_TRUNCATED']);

/** Gathers, over one request, what happened at which source: the answer's `errors` and `extensions` are made from it. */
export class SourceReport {
  readonly usage = new Map<string, SourceUsage>();
  /** Sources that lack the capability, and so were not asked. */
  readonly skipped = new Set<string>();
  /** Entries that were too many to be given, by source. */
  readonly untold = new Map<string, number>();
  readonly #errors = new Map<string, Entry>();
  readonly #warnings = new Map<string, Entry>();
  readonly #refused = new Set<string>();
  readonly #failedAt = new Set<string>();

  get errors(): readonly ReportedError[] {
    return [...this.#errors.values()];
  }

  get warnings(): readonly ReportedError[] {
    return [...this.#warnings.values()];
  }

  /** What the source has been asked so far, to be added to. */
  usageOf(source: string): SourceUsage {
    const known = this.usage.get(source);
    if (known !== undefined) return known;
    const usage: SourceUsage = { requests: 0, items: 0, ms: 0, cacheHits: 0, ageMs: 0, refused: 0, state: 'UP' };
    this.usage.set(source, usage);
    return usage;
  }

  /**
   * A source failed at a field. A source, a code and a field (whichever items of lists it is below) make one error,
   * which counts the places; a place that failed already is not counted again under another code.
   */
  fail(source: string, error: SourceError, path: Path): void {
    if (WARNINGS.has(error.code) || error.id !== null) {
      this.add(source, error, path);
      return;
    }
    const place = JSON.stringify([source, error.code === 'SOURCE_UNSUPPORTED', path]);
    if (this.#failedAt.has(place)) return;
    this.#failedAt.add(place);
    this.#count(this.#errors, { source, error, path, about: 'failure', subject: place });
  }

  /**
   * A field lacks what a source could not do, and the rest of the answer is good: a warning, whatever the code is.
   * Grouped and counted as in {@link fail}.
   */
  warn(source: string, error: SourceError, path: Path): void {
    if (WARNINGS.has(error.code)) this.add(source, error, path);
    else this.#count(this.#warnings, { source, error, path, about: 'failure', subject: JSON.stringify(path) });
  }

  /**
   * The fault of one record, or a bound that cut the answer: a warning or an error, as its code says. Faults of records
   * make one entry a source, code and field, which names the records; what was cut makes one for each reason.
   */
  add(source: string, error: SourceError, path: Path | null): void {
    this.#countRefused(source, error);
    const isWarning = WARNINGS.has(error.code);
    const list = isWarning ? this.#warnings : this.#errors;
    if (isWarning && error.id === null) {
      this.#count(list, { source, error, path, about: error.message, subject: JSON.stringify(path) });
      return;
    }
    const { id, message } = error;
    const entry = this.#count(list, { source, error, path, about: 'record', subject: JSON.stringify([id, message]) });
    if (entry !== null && entry.faults.length < MAX_FAULTS) entry.faults.push({ id, message });
  }

  /** The entry, where this made or changed it. */
  #count(
    list: Map<string, Entry>,
    what: {
      readonly source: string;
      readonly error: SourceError;
      readonly path: Path | null;
      /** What sets entries of one code and field apart. */
      readonly about: string;
      /** What is counted. */
      readonly subject: string;
    },
  ): Entry | null {
    const { source, error, path, about, subject } = what;
    const { code, message, retryAfterMs } = error;
    const field = path === null ? null : path.filter((key) => typeof key === 'string');
    const key = JSON.stringify([source, code, about, field]);
    const known = list.get(key);
    if (known !== undefined) {
      if (known.counted.has(subject)) return null;
      known.counted.add(subject);
      known.count += 1;
      // Which part of a level is done first is chance.
      if (about !== 'record' && isBefore(path, known.path)) known.path = path;
      return known;
    }
    if (list.size >= MAX_ENTRIES) {
      this.untold.set(source, (this.untold.get(source) ?? 0) + 1);
      return null;
    }
    const entry = { code, source, message, path, retryAfterMs, count: 1, faults: [], counted: new Set([subject]) };
    list.set(key, entry);
    return entry;
  }

  /** Each record once, however many of its fields are at fault and however often it was asked for. */
  #countRefused(source: string, { code, id }: SourceError): void {
    const record = JSON.stringify([source, id]);
    if (code !== 'SOURCE_BAD_DATA' || id === null || this.#refused.has(record)) return;
    this.#refused.add(record);
    this.usageOf(source).refused += 1;
  }
}

/** What the answer carries of it. */
export interface RenderedReport {
  readonly errors: readonly GraphQLError[];
  readonly extensions: {
    /** By name: a {@link SourceUsage}, or `{ skipped: true }`. */
    readonly sources: Readonly<Record<string, SourceUsage | { readonly skipped: true }>>;
    /** In the form of errors; absent without any. */
    readonly warnings?: readonly Readonly<Record<string, unknown>>[];
  };
}

/**
 * The report as entries of `errors[]`, `extensions.sources` and `extensions.warnings`.
 * @param fieldAt the name of the field at a path of the answer; the path's last name where left out
 */
export function renderReport(report: SourceReport, fieldAt: (path: Path) => string | null = lastName): RenderedReport {
  const sources: Record<string, SourceUsage | { readonly skipped: true }> = {};
  for (const [name, usage] of report.usage) sources[name] = { ...usage, ms: Math.round(usage.ms * 1000) / 1000 };
  for (const name of report.skipped) sources[name] ??= { skipped: true };
  const errors = report.errors.map(
    (error) => new GraphQLError(sentenceOf(error), { path: error.path, extensions: extensionsOf(error, fieldAt) }),
  );
  const told = [...report.warnings, ...[...report.untold].map(untoldWarning)];
  if (told.length === 0) return { errors, extensions: { sources } };
  const warnings = told.map((warning) => ({
    message: sentenceOf(warning),
    ...(warning.path === null ? {} : { path: warning.path }),
    extensions: extensionsOf(warning, fieldAt),
  }));
  return { errors, extensions: { sources, warnings } };
}

/** Of two places of one field. */
function isBefore(path: Path | null, other: Path | null): boolean {
  if (path === null || other === null) return false;
  const index = path.findIndex((key, at) => key !== other[at]);
  const [one = 0, two = 0] = [path[index], other[index]];
  return typeof one === 'number' && typeof two === 'number' && one < two;
}

function lastName(path: Path): string | null {
  return path.findLast((key) => typeof key === 'string') ?? null;
}

function extensionsOf(
  { code, source, path, retryAfterMs, count, faults }: ReportedError,
  fieldAt: (path: Path) => string | null,
) {
  const field = code === 'SOURCE_UNSUPPORTED' && path !== null ? fieldAt(path) : null;
  return {
    code,
    source,
    ...(field === null ? {} : { field }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(count === 1 ? {} : { count }),
    ...(count === 1 || faults.length === 0 ? {} : { faults: faults.map(shownFault) }),
  };
}

function shownFault({ id, message }: RecordFault) {
  return id === null ? { message } : { id, message };
}

/** What went wrong first, with the name of the source, and which other records have faults. */
function sentenceOf({ source, message, count, faults }: ReportedError): string {
  const sentence = naming(source, message);
  if (faults.length === 0 || count === 1) return sentence;
  const others = new Set(faults.slice(1).flatMap(({ id }) => (id === null || id === faults[0]?.id ? [] : [id])));
  const named = [...others].slice(0, MAX_NAMED).map((id) => JSON.stringify(id));
  const more = count - 1;
  const there = `${sentence} There ${more === 1 ? 'is 1 more fault' : `are ${more} more faults`} like this here`;
  if (named.length === 0) return `${there}.`;
  const unnamed = count - faults.length + others.size - named.length;
  return `${there}, at ${named.join(', ')}${unnamed > 0 ? ` and ${unnamed} more` : ''}.`;
}

/** Adapters do not know under which name they are configured: a sentence of theirs says "the source". */
function naming(source: string, message: string): string {
  const name = JSON.stringify(source);
  if (message.includes(`source ${name}`)) return message;
  // What is quoted is the source's own data.
  const quoted = message.indexOf('"');
  const words = quoted < 0 ? message : message.slice(0, quoted);
  const named = words.replace(
    /\b(the|this) source\b/i,
    (found) => `${found.startsWith('T') ? 'The' : 'the'} source ${name}`,
  );
  return named === words ? `The source ${name}: ${message}` : `${named}${message.slice(words.length)}`;
}

function untoldWarning([source, count]: readonly [string, number]): ReportedError {
  const message = `The source has ${count} more faults like these, which are not listed.`;
  return { code: 'SOURCE_TRUNCATED', source, message, path: null, retryAfterMs: null, count: 1, faults: [] };
}

/** The codes of errors that are the client's fault, or ours; those of the sources are in `adapters/contract/errors.ts`. */
export const CLIENT_ERROR_CODES = [
  /** An argument or a document that breaks a rule; the message names it. */
  'BAD_USER_INPUT',
  /** A cursor that was damaged, or made for another list. */
  'BAD_CURSOR',
  /** The query asks for more than this instance allows. */
  'LIMIT_EXCEEDED',
  /** Our own work took too long; a slow source is SOURCE_TIMEOUT. */
  'DEADLINE_EXCEEDED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  /** A bug here; the log has the rest. */
  'INTERNAL',
] as const;
export type ClientErrorCode = (typeof CLIENT_ERROR_CODES)[number];

/** An error of the answer. `message` is a whole sentence; `extensions` stand beside the code. */
export function clientError(
  code: ClientErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensions, code } });
}

/** A value as a message quotes it: short, on one line. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77).toWellFormed()}..."` : text;
}
