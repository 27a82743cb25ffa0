import { parse } from 'graphql';
import { ByteBudget } from '../../../gateway/federation/byte-budget.ts';
import { createRegistry } from '../../../gateway/federation/registry.ts';
import { createRequestContext } from '../../../gateway/federation/request.ts';
import type { ExecutionRequest } from '../../../gateway/graphql/executor.ts';
import { createSubmissionDoor } from '../../../gateway/ingest/service.ts';

export const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** No sources, and submission off: what executes must not need them. */
export const NO_SOURCES = createRegistry([], new Map(), { dataDir: '/nonexistent', log: SILENT });
export const NO_SUBMISSION = createSubmissionDoor({
  store: null,
  secrets: [],
  open: false,
  limits: { bodyBytes: 0 },
  spoolDir: '/nonexistent',
  log: SILENT,
});

/** A request of its own for a query; the same document for the same text, as the document store gives it. */
export function requestFor(query: string, variables: Record<string, unknown> = {}): ExecutionRequest {
  const context = createRequestContext({
    signal: new AbortController().signal,
    deadline: Date.now() + 10_000,
    log: SILENT,
    registry: NO_SOURCES,
    submission: NO_SUBMISSION,
    token: null,
    memory: new ByteBudget(Number.POSITIVE_INFINITY).open(),
  });
  const document = documents.get(query) ?? parse(query);
  documents.set(query, document);
  return { document, operationName: null, variables, context };
}

const documents = new Map<string, ReturnType<typeof parse>>();
