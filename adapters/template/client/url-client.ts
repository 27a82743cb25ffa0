import {
  type AdapterEnv,
  type Call,
  type DocumentFormat,
  DocumentReader,
  type Health,
  type HttpResponse,
  type MaxAge,
  maxAgeOf,
  type ReceivedDocument,
  SingleFlight,
  SourceError,
} from '../../kit/author.ts';
import type { Client, Reading } from '../client.ts';
import { buildDocuments } from '../documents/build-documents.ts';
import type { FileOptions } from '../options.ts';
import { documentsFault, tooMuch } from './faults.ts';
import { ReceivedBody } from './received-body.ts';
import { whileWanted } from './while-wanted.ts';

const JSON_TYPES = ['application/json', 'text/plain', 'application/octet-stream'];
const LINE_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];

/** What was fetched, and how to ask whether it has changed. */
interface Fetched extends Reading {
  readonly etag: string | null;
  /** When it was asked for, in milliseconds of a clock that is never set. */
  readonly at: number;
}

/** Milliseconds: a probe does not fetch documents anew that were fetched just before. */
const PROBE_MAX_AGE_MS = 5_000;

/** Documents behind a URL, fetched when they are asked for and what is at hand is too old. */
export class UrlClient implements Client {
  readonly #options: FileOptions & { readonly url: string };
  readonly #env: AdapterEnv;
  readonly #reader = new DocumentReader();
  readonly #flights = new SingleFlight();
  readonly #stopping = new AbortController();
  readonly #maxAge: MaxAge;
  #fetched: Fetched | null = null;
  #loading: Promise<Fetched> | null = null;

  constructor(options: FileOptions & { readonly url: string }, env: AdapterEnv) {
    this.#options = options;
    this.#env = env;
    this.#maxAge = maxAgeOf(options.freshness, env);
  }

  start(): void {}

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reader.close();
  }

  async health(call: Call): Promise<Health> {
    // What was read before does not tell whether the source is there now.
    const { fault } = await this.read(call.isProbe === true ? { ...call, maxAgeMs: PROBE_MAX_AGE_MS } : call);
    return fault === null ? { ok: true } : { ok: true, detail: fault.message };
  }

  async read(call: Call): Promise<Reading> {
    const fetched = this.#fetched;
    const age = fetched === null ? Number.POSITIVE_INFINITY : performance.now() - fetched.at;
    if (fetched !== null && age < this.#maxAge(call)) {
      call.kept?.(age);
      return fetched;
    }
    return await this.#flights.join('documents', call, (shared) => this.#fetch(shared));
  }

  /** Once a body comes it is read to its end, whoever leaves: a large document takes longer than people wait. */
  async #fetch(call: Call): Promise<Fetched> {
    this.#loading ??= this.#startLoading(call);
    const loading = this.#loading;
    return await whileWanted(call.signal, loading);
  }

  #startLoading(call: Call): Promise<Fetched> {
    const given = new AbortController();
    const giveUp = () => given.abort();
    call.signal.addEventListener('abort', giveUp, { once: true });
    const isComing = () => call.signal.removeEventListener('abort', giveUp);
    const signal = AbortSignal.any([given.signal, this.#stopping.signal]);
    const loading = this.#load({ ...call, signal }, isComing).finally(() => {
      isComing();
      this.#loading = null;
    });
    loading.catch(() => undefined);
    return loading;
  }

  async #load(call: Call, isComing: () => void): Promise<Fetched> {
    const known = this.#fetched;
    const { url, token } = this.#options;
    const at = performance.now();
    const received = new ReceivedBody(this.#env.dataDir, call.signal);
    try {
      const answer = await this.#env.http.request(
        new URL(url),
        {
          accept: [...JSON_TYPES, ...LINE_TYPES],
          maxBytes: this.#options.documentBytes,
          headers: {
            ...(known?.etag ? { 'if-none-match': known.etag } : {}),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          take: async (body) => {
            isComing();
            await received.take(body);
          },
        },
        call,
      );
      if (answer.status === 304 && known !== null) return this.#keep({ ...known, at });
      if (answer.status !== 200 || received.document === null) throw refused(answer.status);
      const reading = await this.#read(received.document, formatOf(answer, url), call.signal);
      return this.#keep({ ...reading, at, etag: answer.headers.etag ?? null });
    } finally {
      await received.close();
    }
  }

  async #read(document: ReceivedDocument, format: DocumentFormat, signal: AbortSignal): Promise<Reading> {
    const read = await this.#reader.read(document, format, this.#options, signal);
    if (read.documentCount === 0) throw new SourceError('SOURCE_BAD_DATA', 'The source answered with an empty body.');
    if (read.cutBy !== null) throw tooMuch(read.cutBy, this.#options);
    // Nothing of it was understood: that is not the same as documents without objects.
    if (read.faultCount > 0 && read.objects.length === 0) throw documentsFault('what the URL gave', read);
    const documents = await buildDocuments(read.objects);
    return { documents, fault: read.faultCount === 0 ? null : documentsFault('what the URL gave', read) };
  }

  #keep(fetched: Fetched): Fetched {
    this.#fetched = fetched;
    return fetched;
  }
}

function formatOf({ headers }: HttpResponse, url: string): DocumentFormat {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return LINE_TYPES.includes(type) || /\.(ndjson|jsonl)$/.test(new URL(url).pathname) ? 'ndjson' : 'json';
}

function refused(status: number): SourceError {
  return new SourceError(
    'SOURCE_UNAVAILABLE',
    `The documents could not be fetched: the answer had the status ${status}.`,
  );
}
