import type { StoredObject } from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';
import { meterUpstream, type Subject } from '../../adapters/kit/conformance/conformance.ts';
import { ArrayAdapter, type ArrayDocument, type ArrayOptions } from './array-adapter.ts';
import { ISSUES_OF_REVISION, knownObjects } from './known-objects.ts';
import { SILENT } from './open-store.ts';

/** The known objects with times: those of issues and incidents are their first loads', some of them unknown. */
export function knownDocuments(): readonly ArrayDocument[] {
  return knownObjects().map((stored, index): ArrayDocument => {
    const minute = String(index % 7).padStart(2, '0');
    const time = index % 8 === 3 ? null : `2026-01-20T12:${minute}:00.000000Z`;
    const timestamp = `2026-01-21T08:00:00.00000${index % 10}Z`;
    return withTimes(stored, timestamp, time);
  });
}

function withTimes(stored: StoredObject, timestamp: string, time: string | null): ArrayDocument {
  switch (stored.entity) {
    case 'checkout':
      return { entity: 'checkout', object: { ...stored.object, timestamp } };
    case 'build':
      return { entity: 'build', object: { ...stored.object, timestamp } };
    case 'test':
      return { entity: 'test', object: { ...stored.object, timestamp } };
    case 'issue':
      return { entity: 'issue', object: { ...stored.object, timestamp }, time };
    case 'incident':
      return { entity: 'incident', object: { ...stored.object, timestamp }, time };
  }
}

/** An honest adapter over the known objects, with all that the suite can be told of it. */
export function arraySubject(options: Partial<ArrayOptions> = {}): Subject & { readonly adapter: ArrayAdapter } {
  const documents = [...(options.documents ?? knownDocuments())];
  const { env, meter } = meterUpstream({
    source: 'arrays',
    dataDir: '/nonexistent',
    http: { request: () => Promise.reject(new Error('Arrays need no HTTP.')) },
    log: SILENT,
    upstream: (call, request) => request(call.signal),
    background: () => undefined,
  });
  const first = documents.find(({ entity }) => entity === 'checkout')?.object.id ?? '';
  const aliases = { checkout: { 'a nickname': first } };
  const made = { maxPage: 60, aliases, bringsBuilds: true, ...options };
  const make = () => new ArrayAdapter({ ...made, documents, upstream: env.upstream });
  const adapter = make();
  return {
    adapter,
    known: documents,
    upstream: meter,
    create: make,
    aliases: [{ entity: 'checkout', alias: 'a nickname', id: first }],
    children: { issuesOfRevision: ISSUES_OF_REVISION },
    breakSource: async () => {
      adapter.failure = new SourceError('SOURCE_UNAVAILABLE', 'The source is out of order.');
      return async () => {
        adapter.failure = null;
      };
    },
  };
}
