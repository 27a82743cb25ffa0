import type { Adapter, Call } from '../../../adapters/contract/adapter.ts';
import type { SourceError } from '../../../adapters/contract/errors.ts';
import { allFields } from '../../../adapters/contract/fields.ts';
import type { EntityName } from '../../../adapters/contract/model.ts';
import { type OpenSubject, openSubject } from '../../../adapters/kit/conformance/subject.ts';
import { adapter as module } from '../../../adapters/maestro-mongo/adapter.ts';
import type { OpenMongo } from '../../support/mongodb/mongodb.ts';

const LOG = { debug() {}, info() {}, warn() {}, error() {} };

/** A source over a database, with what it was asked upstream and what it told. */
export interface OpenSource {
  readonly adapter: Adapter;
  readonly told: SourceError[];
  /** One more, which is not started, so that it learns nothing by itself. */
  another(): Promise<Adapter>;
  call(entity: EntityName, fields?: ReadonlySet<string>, ms?: number): Call;
  /** What a task gives, and how many requests it made. */
  counted<T>(task: () => Promise<T>): Promise<{ readonly answer: T; readonly requests: number }>;
  close(): Promise<void>;
}

export async function openSource(mongo: OpenMongo, options: object = {}): Promise<OpenSource> {
  const subject: OpenSubject = await openSubject(module, { url: mongo.url, database: mongo.database, ...options });
  const told: SourceError[] = [];
  return {
    adapter: subject.adapter,
    told,
    another: async () => {
      if (subject.create === undefined) throw new Error('No adapter can be made.');
      return await subject.create();
    },
    call: (entity, fields = allFields(entity), ms = 20_000) => ({
      signal: AbortSignal.timeout(ms),
      deadline: Date.now() + ms,
      fields,
      log: LOG,
      warn: (error) => void told.push(error),
    }),
    counted: async (task) => {
      const before = subject.upstream?.started ?? 0;
      const answer = await task();
      return { answer, requests: (subject.upstream?.started ?? 0) - before };
    },
    close: () => subject.close(),
  };
}
