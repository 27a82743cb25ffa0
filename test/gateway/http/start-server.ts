import type { Logger } from '../../../adapters/contract/adapter.ts';
import type { Registry } from '../../../gateway/federation/registry.ts';
import type { Executor } from '../../../gateway/graphql/executor.ts';
import { JitExecutor } from '../../../gateway/graphql/jit-executor.ts';
import type { Limits } from '../../../gateway/graphql/limits.ts';
import { buildSchema } from '../../../gateway/graphql/schema.ts';
import type { GatewayServer, ServerConfig } from '../../../gateway/http/app.ts';
import { createServer } from '../../../gateway/http/server.ts';
import type { SubmissionDoor } from '../../../gateway/ingest/submission.ts';
import { garden } from '../graphql/garden.ts';
import { NO_SOURCES, NO_SUBMISSION, SILENT } from '../graphql/request.ts';

export const LIMITS: Limits = {
  depth: 16,
  aliases: 50,
  tokens: 5_000,
  cost: 100_000,
  values: 5_000,
  textBytes: 131_072,
  bodyBytes: 536_870_912,
  graphqlBytes: 1_048_576,
  inFlight: 200,
  inFlightBytes: 268_435_456,
  deadline: 10_000,
};

export interface TestServerOptions {
  readonly executor?: Executor;
  readonly registry?: Registry;
  readonly submission?: SubmissionDoor;
  readonly config?: Partial<ServerConfig>;
  readonly limits?: Partial<Limits>;
  readonly log?: Logger;
}

export type TestServer = GatewayServer & AsyncDisposable & { readonly url: string };

/** A server of its own on a free port, over the garden where no executor is given. `await using` closes it. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const server = createServer({
    config: {
      listen: { host: '127.0.0.1', port: 0 },
      limits: { ...LIMITS, ...options.limits },
      submit: null,
      ...options.config,
    },
    registry: options.registry ?? NO_SOURCES,
    submission: options.submission ?? NO_SUBMISSION,
    log: options.log ?? SILENT,
    executor: options.executor ?? new JitExecutor(buildSchema(garden())),
  });
  await server.listen();
  return {
    listen: server.listen,
    replace: server.replace,
    close: server.close,
    get address() {
      return server.address;
    },
    url: server.address ?? '',
    [Symbol.asyncDispose]: () => server.close(),
  };
}

export interface GraphqlAnswer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** POSTs a query; `accept` is the newer media type where left out. */
export async function ask(
  url: string,
  query: string,
  variables?: object,
  accept = 'application/graphql-response+json',
): Promise<{ status: number; answer: GraphqlAnswer; headers: Headers }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, variables }),
  });
  const answer: GraphqlAnswer = JSON.parse(await response.text());
  return { status: response.status, answer, headers: response.headers };
}
