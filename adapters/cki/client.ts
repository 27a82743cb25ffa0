import { type AdapterEnv, type Call, type HttpResponse, type Json, SourceError } from '../kit/author.ts';
import { quote } from './client/quote.ts';
import { isJson, isRaw, type Raw } from './client/raw.ts';
import { type RowsPage, readPage } from './client/read-page.ts';
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
