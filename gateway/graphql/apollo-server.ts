import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { DocumentNode, FormattedExecutionResult } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Logger } from '../../adapters/contract/adapter.ts';
import { documentStore } from './documents.ts';
import { formatError } from './errors.ts';
import { type Caller, executeOperation, type Gateway } from './execute.ts';
import { dropUndeclared, exactVariables } from './variables.ts';

/** So many faults of a document are told at once: for each one graphql-js counts the lines before it. */
const MAX_FAULTS = 50;

/** Apollo Server's context of one request. */
export interface Exchange {
  readonly caller: Caller;
  /** Set where a well-formed request was refused by its content: over plain JSON that is a 200. */
  refusedByContent: boolean;
  /** What may be kept and shown again tells no times: they are of the one request that was executed. */
  readonly withoutTimes: boolean;
  /** The answer as it is sent; null until there is one. */
  answer: Answer | null;
}

export interface Answer {
  readonly document: DocumentNode | undefined;
  /** Milliseconds since the oldest part of it was read from its source. */
  readonly ageMs: number;
  readonly result: FormattedExecutionResult;
}

export interface ApolloContext {
  readonly exchange: Exchange;
}

/** What is known of documents, from one request to the next. */
export interface DocumentStores {
  readonly parsed: ReturnType<typeof documentStore>;
  readonly persisted: ReturnType<typeof persistedDocuments>;
}

export function createDocumentStores(): DocumentStores {
  return { parsed: documentStore(), persisted: persistedDocuments() };
}

/** Apollo Server with its pipeline, and our own execution through its gateway hook. */
export function createApolloServer(
  gateway: Gateway,
  log: Logger,
  onError: (code: string) => void = () => {},
  stores = createDocumentStores(),
): ApolloServer<ApolloContext> {
  return new ApolloServer<ApolloContext>({
    gateway: {
      // The schema is announced once, from `load`, as Apollo Server wants it.
      onSchemaLoadOrUpdate(callback) {
        callback({ apiSchema: gateway.executor.schema, coreSupergraphSdl: '' });
        return () => {};
      },
      load: async () => ({
        executor: (request) => {
          const exchange: Exchange = request.context.exchange;
          const variables = request.request.variables ?? {};
          dropUndeclared(request.operation, variables);
          return executeOperation(gateway, exchange.caller, {
            document: request.document,
            definition: request.operation,
            operationName: request.request.operationName ?? null,
            variables: exactVariables(request.operation, variables),
          });
        },
      }),
      stop: async () => {},
    },
    // Field hooks, and so cache control, would cost more than all the rest of a request.
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      outcomes,
    ],
    logger: {
      debug: (message) => log.debug({}, String(message)),
      info: (message) => log.info({}, String(message)),
      warn: (message) => log.warn({}, String(message)),
      error: (message) => log.error({}, String(message)),
    },
    formatError: (formatted, error) => {
      const answer = formatError(formatted, error);
      onError(String(answer.extensions?.code));
      return answer;
    },
    // An answer with data is written in pieces, by whoever sends it.
    stringifyResult: (result) => (result.data === undefined ? JSON.stringify(result) : ''),
    validationOptions: { maxErrors: MAX_FAULTS },
    parseOptions: { maxTokens: gateway.limits.tokens },
    documentStore: stores.parsed,
    persistedQueries: { cache: stores.persisted },
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
  });
}

/** Notes what became of a request, for its status and for how long it may be kept. */
const outcomes: ApolloServerPlugin<ApolloContext> = {
  async requestDidStart({ contextValue }) {
    return {
      async didEncounterErrors({ errors }) {
        contextValue.exchange.refusedByContent = errors.every((error) => error.extensions.code !== 'BAD_REQUEST');
      },
      async willSendResponse({ response: { body }, document }) {
        // Only @defer and @stream give more than one result, which the schema does not have.
        if (body.kind !== 'single') return;
        const { exchange } = contextValue;
        const ageMs = oldestAge(body.singleResult.extensions);
        if (exchange.withoutTimes) body.singleResult.extensions = withoutTimes(body.singleResult.extensions);
        exchange.answer = { document, ageMs, result: body.singleResult };
      },
    };
  },
};

/** Characters of all texts together. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

type TextStore = Exclude<NonNullable<ApolloServerOptions<object>['cache']>, 'bounded'>;

/** Automatic persisted queries: texts by their hash, which clients send instead once the text is known here. */
export function persistedDocuments(): TextStore {
  const texts = new LRUCache<string, string>({
    max: 10_000,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (text) => text.length + 1,
  });
  return {
    get: async (hash) => texts.get(hash),
    set: async (hash, text) => {
      texts.set(hash, text);
    },
    delete: async (hash) => texts.delete(hash),
  };
}

type Extensions = Readonly<Record<string, unknown>>;

/** The answer's extensions without how long each source took, and how old its part was. */
export function withoutTimes(extensions: Extensions | undefined): Extensions | undefined {
  const { sources } = extensions ?? {};
  if (typeof sources !== 'object' || sources === null) return extensions;
  const timeless = Object.entries(sources).map(([name, { ms: _ms, ageMs: _ageMs, ...usage }]) => [name, usage]);
  return { ...extensions, sources: Object.fromEntries(timeless) };
}

/** How old the oldest part of an answer is, over all sources, in milliseconds. */
export function oldestAge(extensions: Extensions | undefined): number {
  const { sources } = extensions ?? {};
  if (typeof sources !== 'object' || sources === null) return 0;
  const ages = Object.values(sources).map(({ ageMs }) => (typeof ageMs === 'number' ? ageMs : 0));
  return Math.max(0, ...ages);
}
