import type { AdapterEnv, Call, Health, SourceError } from '../kit/author.ts';
import { FileClient } from './client/file-client.ts';
import { UrlClient } from './client/url-client.ts';
import type { Documents } from './documents/documents.ts';
import type { FileOptions } from './options.ts';

/** What was read at one time, and the fault of what of it could not be understood. */
export interface Reading {
  readonly documents: Documents;
  readonly fault: SourceError | null;
}

/** Where the documents come from. */
export interface Client {
  start(): void;
  stop(): Promise<void>;
  health(call: Call): Promise<Health>;
  /** @throws {SourceError} where nothing can be read at all */
  read(call: Call): Promise<Reading>;
}

export function createClient(options: FileOptions, env: AdapterEnv): Client {
  const { path, url } = options;
  if (path !== undefined) return new FileClient({ ...options, path }, env);
  if (url !== undefined) return new UrlClient({ ...options, url }, env);
  throw new TypeError('The options are checked to have a path or a URL.');
}
