import type { HttpClient } from '../contract/adapter.ts';
import {
  type Call,
  type HttpResponse,
  isExactInteger,
  type Json,
  type JsonObject,
  normaliseTime,
  SourceError,
} from '../kit/author.ts';
import { type BugName, bugName, nameOf } from './ids.ts';
import type { SyzbotOptions } from './options.ts';

/** The three lists into which syzbot sorts its bugs; those with a fix that is not everywhere yet stand in `fixed`. */
export const GROUPS = ['open', 'fixed', 'invalid'] as const;
export type Group = (typeof GROUPS)[number];

/** A list of bugs has no pages. */
const MAX_BYTES = 16 * 1024 * 1024;
/** All are taken, so that what is not expected can be quoted. */
const ACCEPT = ['application/json', '*/*'];

/** Asks the dashboard: one request a call. */
export class SyzbotClient {
  readonly #options: SyzbotOptions;
  readonly #http: HttpClient;

  constructor(options: SyzbotOptions, http: HttpClient) {
    this.#options = options;
    this.#http = http;
  }

  /**
   * Asks whether the dashboard is there, for the head of a list and not for its bugs.
   * @throws {SourceError} where it is not, or answers with something else
   */
  async ping(call: Call): Promise<void> {
    const [namespace = ''] = this.#options.namespaces;
    const answer = await this.#get(this.#options.paths.open.replaceAll('{namespace}', namespace), {}, call, 'HEAD');
    // That it knows no such list is said by those who read it.
    if (isElsewhere(answer) || answer.status === 404) return;
    if (answer.status === 200 && typeOf(answer) === 'application/json') return;
    throw unexpected('a sign of life', answer);
  }

  /** A list as a whole: it has no pages. */
  async group(namespace: string, group: Group, call: Call): Promise<readonly ListedBug[]> {
    const what = `the list of ${group} bugs of “${namespace}”`;
    const answer = await this.#get(this.#options.paths[group].replaceAll('{namespace}', namespace), {}, call);
    if (isElsewhere(answer)) {
      const message = `Asked for ${what}, the source sends elsewhere (status ${answer.status}), as it does for a namespace that it does not know.`;
      throw new SourceError('SOURCE_BAD_DATA', message);
    }
    return readGroup(bodyOf(what, answer), capital(what), (error) => call.warn(error));
  }

  /** One bug with its crashes; null where there is none of that name, or it is not public. */
  async bug(name: BugName, call: Call): Promise<Bug | null> {
    const what = `the bug ${nameOf(name)}`;
    const answer = await this.#get(this.#options.paths.bug, { ...name }, call);
    // A bug above our level of access leads to a login page.
    if (isElsewhere(answer)) return null;
    // An error is a page; where nothing at all is served at the path, it is a line of text.
    if (answer.status === 404 && typeOf(answer) === 'text/html') return null;
    return readBug(bodyOf(what, answer), capital(what), (error) => call.warn(error));
  }

  #get(
    path: string,
    query: Readonly<Record<string, string>>,
    call: Call,
    method: 'GET' | 'HEAD' = 'GET',
  ): Promise<HttpResponse> {
    const { url, token } = this.#options;
    const address = new URL(url);
    address.pathname = address.pathname.replace(/\/$/, '') + path;
    address.search = new URLSearchParams({ ...query, json: '1' }).toString();
    address.hash = '';
    const headers = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
    return this.#http.request(address, { method, accept: ACCEPT, maxBytes: MAX_BYTES, ...headers }, call);
  }
}

function isElsewhere({ status }: HttpResponse): boolean {
  return status >= 300 && status <= 399;
}

function bodyOf(what: string, answer: HttpResponse): Json {
  if (answer.status !== 200 || typeOf(answer) !== 'application/json') throw unexpected(what, answer);
  try {
    return answer.json() as Json;
  } catch (cause) {
    // It is larger than what may be parsed: quoting it would say nothing.
    if (cause instanceof SourceError && cause.origin === 'gateway') throw cause;
    const { message } = unexpected(what, answer);
    throw new SourceError('SOURCE_BAD_DATA', `${message} It is damaged JSON.`, { cause });
  }
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** What came instead of what was expected, as a sentence that quotes its beginning. */
export function unexpected(what: string, answer: HttpResponse): SourceError {
  const message = `Asked for ${what}, the source answered with the status ${answer.status} and ${typeOf(answer)}${quoted(answer)}.`;
  return new SourceError('SOURCE_BAD_DATA', message);
}

export function typeOf({ headers }: HttpResponse): string {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  // A media type is made of few characters; anything else is not worth showing.
  return /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(type) ? type : 'no content type';
}

/** The first words, without markup and without addresses, which are nobody's business. */
export function quoted(answer: HttpResponse): string {
  if (answer.status >= 300 && answer.status <= 399) return '';
  const words = answer
    .text()
    .slice(0, 5_000)
    .replace(/<(script|style)\b[\s\S]{0,4000}?<\/\1>/gi, ' ')
    .replace(/<[^>]{0,500}>/g, ' ')
    .replace(/\b[a-z]{2,10}:\/\/\S+/gi, '…')
    .replace(/[^\x20-\x7e…]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return words === '' ? ' and nothing in it' : `: “${words.slice(0, 160)}”`;
}

/** A row of a list: a bug before anything but its name is known. */
export interface ListedBug {
  readonly name: BugName;
  /** Commits that fix it, as far as syzbot found them. */
  readonly fixes: readonly string[];
}

/** The rows of a list that could be understood; the others are told. */
export function readGroup(body: Json, what: string, warn: Warn): readonly ListedBug[] {
  if (!isObject(body) || !('Bugs' in body)) throw notAGroup(body, what);
  if (body.version !== 1) throw otherVersion(body.version ?? null, what);
  // Go writes null for a list without rows.
  const rows = body.Bugs ?? [];
  if (!Array.isArray(rows)) throw notAGroup(body, what);
  const read = rows.flatMap((row: Json, index) => readRow(row, `row ${index + 1} of ${what}`, warn) ?? []);
  // Rows and none that names a bug: that is another list, and not one without bugs.
  if (read.length === 0 && rows.length > 0) throw notAGroup(body, what);
  return read;
}

export function otherVersion(version: Json, what: string): SourceError {
  const shown = JSON.stringify(version).slice(0, 40);
  return new SourceError('SOURCE_BAD_DATA', `${what} has the version ${shown}, and only version 1 is understood.`);
}

/** The name of a bug in a link to its page; the rest of the link is nobody's business. */
export function nameInLink(link: string): BugName | null {
  const query = new URLSearchParams(link.slice(link.indexOf('?') + 1));
  const [id, extid] = [query.get('id'), query.get('extid')];
  if (id !== null && /^[0-9a-f]{40}$/.test(id)) return bugName(id);
  return extid !== null && /^[0-9a-f]{20}$/.test(extid) ? bugName(extid) : null;
}

function readRow(row: Json, what: string, warn: Warn): ListedBug | null {
  const fields = isObject(row) ? new FieldReader(row, what, warn) : null;
  const name = nameInLink(fields?.text('link') ?? '');
  if (fields === null || name === null) {
    const shown = JSON.stringify(row).slice(0, 120);
    warn(new SourceError('SOURCE_BAD_DATA', `The ${what} names no bug: ${shown}.`, { id: what }));
    return null;
  }
  const fixes = fields
    .objects('fix-commits')
    .flatMap((commit) => new FieldReader(commit, what, warn).hash('hash') ?? []);
  return { name, fixes };
}

function notAGroup(body: Json, what: string): SourceError {
  const shown = JSON.stringify(body).slice(0, 120);
  return new SourceError('SOURCE_BAD_DATA', `${what} is no list of bugs, which has "version" and "Bugs": ${shown}.`);
}

export type Warn = (error: SourceError) => void;

/** What Go writes for a time that is not set. */
const ZERO_TIME = '0001-01-01T00:00:00';

/** Reads the fields of one record: what is absent or empty is null, what is not as it must be is told, and null. */
export class FieldReader {
  readonly #record: JsonObject;
  readonly #id: string;
  readonly #warn: Warn;

  constructor(record: JsonObject, id: string, warn: Warn) {
    this.#record = record;
    this.#id = id;
    this.#warn = warn;
  }

  text(name: string): string | null {
    const value = this.#record[name] ?? null;
    if (value === null || value === '') return null;
    if (typeof value === 'string' && value.isWellFormed() && !value.includes('\0')) return value;
    return this.#bad(name, value, 'a text');
  }

  /** In the form of the model. */
  time(name: string): string | null {
    const text = this.text(name);
    if (text === null || text.startsWith(ZERO_TIME)) return null;
    return normaliseTime(text) ?? this.#bad(name, text, 'a time');
  }

  hash(name: string): string | null {
    const text = this.text(name)?.toLowerCase() ?? null;
    if (text === null || /^[0-9a-f]{40}$/.test(text)) return text;
    return this.#bad(name, text, 'a commit hash of 40 digits');
  }

  texts(name: string): readonly string[] {
    return this.#list(name).filter((value) => typeof value === 'string');
  }

  objects(name: string): readonly JsonObject[] {
    return this.#list(name).flatMap((value): readonly JsonObject[] => {
      if (isObject(value)) return [value];
      this.#bad(name, value, 'an object');
      return [];
    });
  }

  object(name: string): JsonObject | null {
    const value = this.#record[name] ?? null;
    if (value === null || isObject(value)) return value;
    return this.#bad(name, value, 'an object');
  }

  #list(name: string): readonly Json[] {
    const value = this.#record[name] ?? null;
    if (value === null) return [];
    return Array.isArray(value) ? value : (this.#bad(name, value, 'a list') ?? []);
  }

  #bad(name: string, value: Json, wanted: string): null {
    const shown = JSON.stringify(value).slice(0, 80);
    const message = `The field "${name}" of ${this.#id} is not ${wanted} but ${shown}: it is left out.`;
    this.#warn(new SourceError('SOURCE_BAD_DATA', message, { id: this.#id }));
    return null;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactInteger(value);
}

/** A bug's page. Times are in the form of the model; what the source did not say is null. */
export interface Bug {
  readonly id: string;
  readonly title: string | null;
  readonly status: string | null;
  readonly firstCrash: string | null;
  readonly lastCrash: string | null;
  readonly fixTime: string | null;
  readonly closeTime: string | null;
  readonly fixCommits: readonly JsonObject[];
  readonly causeCommit: JsonObject | null;
  readonly discussions: readonly string[];
  readonly crashes: readonly Crash[];
}

/** One crash as it stands on the page of its bug: links, and no time. */
export interface Crash {
  readonly title: string | null;
  readonly syzReproducer: string | null;
  readonly cReproducer: string | null;
  readonly reproOpts: string | null;
  readonly kernelConfig: string | null;
  readonly kernelSourceGit: string | null;
  readonly kernelSourceCommit: string | null;
  readonly syzkallerGit: string | null;
  readonly syzkallerCommit: string | null;
  readonly compilerDescription: string | null;
  readonly architecture: string | null;
  readonly crashReportLink: string | null;
}

const COMMIT_FIELDS = ['title', 'link', 'hash', 'repo', 'branch', 'author', 'author-name', 'date'];

/** @throws {SourceError} where the whole cannot be understood; a field or a crash that cannot is told and left out */
export function readBug(body: Json, what: string, warn: Warn): Bug {
  if (!isObject(body)) throw notABug(body, what);
  if (body.version !== 1) throw otherVersion(body.version ?? null, what);
  const { id } = body;
  if (typeof id !== 'string' || !/^[0-9a-f]{40}$/.test(id)) throw notABug(body, what);
  const fields = new FieldReader(body, `syzbot:${id}`, warn);
  const cause = fields.object('cause-commit');
  return {
    id,
    title: fields.text('title'),
    status: fields.text('status'),
    firstCrash: fields.time('first-crash'),
    lastCrash: fields.time('last-crash'),
    fixTime: fields.time('fix-time'),
    closeTime: fields.time('close-time'),
    fixCommits: fields.objects('fix-commits').map((commit) => readCommit(commit, id, warn)),
    causeCommit: cause === null ? null : readCommit(cause, id, warn),
    discussions: fields.texts('discussions'),
    crashes: fields.objects('crashes').map((crash) => readCrash(crash, id, warn)),
  };
}

/** As the source names its fields, without those that are empty or not understood. */
function readCommit(commit: JsonObject, id: string, warn: Warn): JsonObject {
  const fields = new FieldReader(commit, `a commit of syzbot:${id}`, warn);
  const read = COMMIT_FIELDS.map((name) => [name, name === 'hash' ? fields.hash(name) : fields.text(name)] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== null));
}

function readCrash(crash: JsonObject, id: string, warn: Warn): Crash {
  const fields = new FieldReader(crash, `a crash of syzbot:${id}`, warn);
  return {
    title: fields.text('title'),
    syzReproducer: fields.text('syz-reproducer'),
    cReproducer: fields.text('c-reproducer'),
    reproOpts: fields.text('repro-opts'),
    kernelConfig: fields.text('kernel-config'),
    kernelSourceGit: fields.text('kernel-source-git'),
    kernelSourceCommit: fields.hash('kernel-source-commit'),
    syzkallerGit: fields.text('syzkaller-git'),
    syzkallerCommit: fields.text('syzkaller-commit'),
    compilerDescription: fields.text('compiler-description'),
    architecture: fields.text('architecture'),
    crashReportLink: fields.text('crash-report-link'),
  };
}

function notABug(body: Json, what: string): SourceError {
  const shown = JSON.stringify(body).slice(0, 120);
  return new SourceError('SOURCE_BAD_DATA', `${what} is no bug, which has an "id" of 40 hexadecimal digits: ${shown}.`);
}
