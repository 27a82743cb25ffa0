import { setTimeout as delay } from 'node:timers/promises';
import { type AdapterEnv, type Call, type Health, SourceError } from '../../kit/author.ts';
import type { Client, Reading } from '../client.ts';
import { buildDocuments } from '../documents/build-documents.ts';
import type { FileOptions } from '../options.ts';
import { FileSet } from './file-set.ts';
import { FileWatch } from './watch-files.ts';
import { whileWanted } from './while-wanted.ts';

/** A file that is half written is looked at again so soon. */
const RETRY_MS = 250;

/** Documents in a folder or a file, kept in memory and followed as they change. */
export class FileClient implements Client {
  readonly #options: FileOptions & { readonly path: string };
  readonly #env: AdapterEnv;
  readonly #files: FileSet;
  readonly #stopping = new AbortController();
  readonly #first = Promise.withResolvers<void>();
  #isStarted = false;
  #reading: Reading | null = null;
  #failure: SourceError | null = null;

  constructor(options: FileOptions & { readonly path: string }, env: AdapterEnv) {
    this.#options = options;
    this.#env = env;
    this.#files = new FileSet(options.path, options);
    this.#first.promise.catch(() => undefined);
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#env.background(({ signal }) => this.#follow(AbortSignal.any([signal, this.#stopping.signal])));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#failure = new SourceError('SOURCE_UNAVAILABLE', 'The source has been stopped.');
    this.#first.resolve();
  }

  async health(call: Call): Promise<Health> {
    await whileWanted(call.signal, this.#first.promise);
    if (this.#failure !== null) return { ok: false, detail: this.#failure.message };
    const detail = this.#reading?.fault?.message;
    return detail === undefined ? { ok: true } : { ok: true, detail };
  }

  async read(call: Call): Promise<Reading> {
    await whileWanted(call.signal, this.#first.promise);
    if (this.#failure !== null) throw this.#failure;
    if (this.#reading === null) throw new SourceError('SOURCE_UNAVAILABLE', 'The documents have not been read yet.');
    // It is followed as it changes: a copy would hide that.
    call.kept?.(0);
    return this.#reading;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let wake = Promise.withResolvers<void>();
    const watch = new FileWatch(() => wake.resolve());
    try {
      while (!signal.aborted) {
        await watch.begin(this.#options.path);
        wake = Promise.withResolvers<void>();
        await this.#look(signal);
        this.#first.resolve();
        const pause = this.#files.isUnsettled ? RETRY_MS : this.#options.rescan;
        const timer = new AbortController();
        const until = AbortSignal.any([signal, timer.signal]);
        await Promise.race([
          wake.promise,
          delay(pause, undefined, { signal: until, ref: false }).catch(() => undefined),
        ]);
        timer.abort();
      }
    } finally {
      watch.end();
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { source, log } = this.#env;
    try {
      if (!(await this.#files.refresh(signal))) return;
      const documents = await buildDocuments(this.#files.objects());
      const fault = this.#files.fault();
      if (fault !== null && fault.message !== this.#reading?.fault?.message) log.warn({ source }, fault.message);
      if (signal.aborted) return;
      // Nothing was understood: that is not the same as documents without objects.
      if (fault !== null && this.#files.objects().next().done === true) throw fault;
      this.#reading = { documents, fault };
      this.#failure = null;
    } catch (error) {
      if (signal.aborted) return;
      const failure =
        error instanceof SourceError
          ? error
          : new SourceError('SOURCE_UNAVAILABLE', 'The folder or file of the documents cannot be read.', {
              cause: error,
            });
      if (this.#failure?.message !== failure.message) log.warn({ source, err: error }, failure.message);
      this.#failure = failure;
    }
  }
}
