import {
  type AdapterEnv,
  type Call,
  type HttpResponse,
  isExactInteger,
  type Json,
  type JsonObject,
  SourceError,
} from '../kit/author.ts';
import { pathPart } from './ids.ts';
import type { CkiOptions } from './options.ts';

export type PathName = keyof CkiOptions['paths'];

const JSON_TYPE = 'application/json';
/** What says in its status that nothing is there. An answer of `null` does not. */
const ABSENT = Symbol('absent');
/** Of an object: a checkout comes with all that belongs to it. Pages have the default. */
const MAX_OBJECT_BYTES = 32 * 1024 * 1024;

/** The REST interface of a DataWarehouse: one request a call. Only addresses of its own making are asked. */
export class CkiClient {
  readonly #options: CkiOptions;
  readonly #env: AdapterEnv;
  /** Rows that the source gives at once, by list, as far as it has shown. */
  readonly #mostRows = new Map<PathName, number>();

  constructor(options: CkiOptions, env: AdapterEnv) {
    this.#options = options;
    this.#env = env;
  }

  /** How many rows to ask for at once. */
  pageSize(path: PathName): number {
    return this.#mostRows.get(path) ?? this.#options.pageSize;
  }

  /** What lies at a path; null where the DataWarehouse does not have it, or does not show it. */
  async object(path: PathName, id: string, call: Call): Promise<Raw | null> {
    const json = await this.#get(this.#urlOf(path, id), call, MAX_OBJECT_BYTES);
    if (json === ABSENT) return null;
    if (isRaw(json)) return json;
    throw new SourceError('SOURCE_BAD_DATA', `A record must be an object, and this came: ${quote(json)}`);
  }

  /** A stretch of a list; null where that below which it hangs is not there. */
  async rows(path: PathName, id: string | null, offset: number, call: Call): Promise<RowsPage | null> {
    const { paging } = this.#options;
    const limit = this.pageSize(path);
    const url = this.#urlOf(path, id ?? '');
    url.searchParams.set(paging.limit, String(limit));
    if (offset > 0) url.searchParams.set(paging.offset, String(offset));
    const json = await this.#get(url, call);
    if (json === ABSENT) {
      if (id !== null) return null;
      const message = `There is no list at the path that is configured as "${path}": the source answered with status 404.`;
      throw new SourceError('SOURCE_BAD_DATA', message);
    }
    const page = readPage(json, { offset, limit }, paging);
    if (page.isCapped) this.#mostRows.set(path, Math.max(1, Math.min(limit, page.rows.length)));
    return page;
  }

  #urlOf(path: PathName, id: string): URL {
    const { url, prefix, paths } = this.#options;
    const base = new URL(url);
    const start = base.pathname.replace(/\/+$/, '') + prefix.replace(/\/+$/, '');
    base.pathname = start + paths[path].replace('{id}', () => pathPart(id));
    base.search = '';
    base.hash = '';
    return base;
  }

  async #get(url: URL, call: Call, maxBytes?: number): Promise<Json | typeof ABSENT> {
    const { token, authScheme } = this.#options;
    const answer = await this.#env.http.request(
      url,
      {
        accept: [JSON_TYPE],
        ...(maxBytes === undefined ? {} : { maxBytes }),
        headers: token === undefined ? {} : { authorization: `${authScheme} ${token}` },
      },
      call,
    );
    if (answer.status === 404 && isAbsence(answer)) return ABSENT;
    if (answer.status !== 200) throw strange(answer);
    const json = answer.json();
    return isJson(json) ? json : null;
  }
}

/** The framework says `{"detail": ...}`, in one wording or another; any other page says that the path is wrong. */
function isAbsence(answer: HttpResponse): boolean {
  if (!(answer.headers['content-type'] ?? '').toLowerCase().startsWith(JSON_TYPE)) return false;
  const json = answer.json();
  return isRaw(json) && typeof json.detail === 'string';
}

function strange(answer: HttpResponse): SourceError {
  const came = quote(answer.text());
  const message = `The source answered with the status ${answer.status}, which is none that was expected: ${came}`;
  return new SourceError('SOURCE_BAD_DATA', message);
}

const MAX_LENGTH = 160;

/** What came, for a sentence: cut short, on one line, without addresses. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const line = text
    .slice(0, 20 * MAX_LENGTH)
    .replace(/\bhttps?:\/\/[^\s"'<>]+/gi, '(a URL)')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const cut = line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH).replace(/[\ud800-\udbff]$/, '')}…` : line;
  return cut === '' ? 'nothing' : cut;
}

/** A record as the DataWarehouse gives it. */
export type Raw = JsonObject;

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactInteger(value);
}

/** What a JSON parser gave is nothing but JSON. */
export function isJson(value: unknown): value is Json {
  return value !== undefined;
}

/** A text that says something; the DataWarehouse writes an empty one where there is nothing. */
export function textOf(raw: Raw, key: string): string | null {
  const value = raw[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A stretch of a list. */
export interface RowsPage {
  /** What is no record at all is null, and so is the place of a row that was left out as hidden. */
  readonly rows: readonly (Json | null)[];
  /** Nothing comes behind it. */
  readonly isLast: boolean;
  /** Fewer rows came than were asked for, since the source gives no more at once. */
  readonly isCapped: boolean;
}

interface Asked {
  readonly offset: number;
  readonly limit: number;
}

/**
 * Reads a page. Links to other pages are looked at for what they count, and never followed: they may name any host.
 * @throws {SourceError} SOURCE_BAD_DATA, quoting what came, where it is no page, or not the page that was asked for
 */
export function readPage(json: Json, { offset, limit }: Asked, paging: CkiOptions['paging']): RowsPage {
  // A list that is not paged is given whole, whatever was asked for. An empty one may be anything.
  if (Array.isArray(json) && json.length > 0) {
    mustHoldRecords(json);
    return { rows: json.slice(offset, offset + limit), isLast: json.length <= offset + limit, isCapped: false };
  }
  const rows = isRaw(json) ? json[paging.results] : undefined;
  if (!isRaw(json) || !Array.isArray(rows)) {
    const message = `A page must be an object with a list "${paging.results}", and this came: ${quote(json)}`;
    throw new SourceError('SOURCE_BAD_DATA', message);
  }
  mustHoldRecords(rows);
  const { [paging.next]: next, [paging.previous]: previous, [paging.count]: count } = json;
  if (offset > 0 && previous === null && rows.length > 0) {
    const message = `The first page came where rows from ${offset} on were asked for: "${paging.offset}" does not count rows.`;
    throw new SourceError('SOURCE_BAD_DATA', message);
  }
  const end = offset + rows.length;
  const isLast = isEnd(next, count, end, rows.length, limit);
  // A source that does not heed the limit gives more, and tells by what follows that they are so many.
  const came = isLast || offsetIn(next, paging.offset) === end ? rows : rows.slice(0, limit);
  if (isLast || rows.length >= limit) return { rows: came, isLast, isCapped: false };
  // Rows may be hidden after they were counted: their places are taken all the same.
  const isHoley = rows.length === 0 || offsetIn(next, paging.offset) === offset + limit;
  if (!isHoley) return { rows: came, isLast: false, isCapped: true };
  const holes: null[] = Array.from({ length: limit - rows.length }, () => null);
  return { rows: [...came, ...holes], isLast: false, isCapped: false };
}

/** Rows may be null, and single ones may be anything; where none is a record, this is no list of records. */
function mustHoldRecords(rows: readonly Json[]): void {
  const strange = rows.find((row) => row !== null);
  if (strange === undefined || rows.some(isRaw)) return;
  throw new SourceError('SOURCE_BAD_DATA', `The rows of a page must be objects, and this came: ${quote(strange)}`);
}

function isEnd(next: Json | undefined, count: Json | undefined, end: number, came: number, limit: number): boolean {
  if (next === null) return true;
  if (typeof next === 'string') return came === 0 && typeof count === 'number' && end >= count;
  return typeof count === 'number' ? end >= count : came < limit;
}

function offsetIn(next: Json | undefined, parameter: string): number | null {
  if (typeof next !== 'string' || !URL.canParse(next, 'http://source.invalid')) return null;
  const offset = new URL(next, 'http://source.invalid').searchParams.get(parameter);
  return offset !== null && /^\d{1,15}$/.test(offset) ? Number(offset) : null;
}
