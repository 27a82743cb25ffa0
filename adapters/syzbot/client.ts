import type { HttpClient } from '../adapter.ts';
import { type Call, type HttpResponse, type Json, SourceError } from '../kit/author.ts';
import { typeOf, unexpected } from './client/answer-fault.ts';
import { type Bug, readBug } from './client/read-bug.ts';
import { type ListedBug, readGroup } from './client/read-group.ts';
import { type BugName, nameOf } from './ids.ts';
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
