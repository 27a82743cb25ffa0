import type { Logger } from '../../adapters/contract/adapter.ts';
import type { Registry } from '../federation/registry.ts';
import { createApolloServer, type DocumentStores } from '../graphql/apollo-server.ts';
import type { Executor } from '../graphql/executor.ts';
import { type Limits, sourceAdmission } from '../graphql/limits.ts';
import type { SubmissionDoor } from '../ingest/submission.ts';
import { type Admission, floodRefusal, type RefuseFlood } from './admission.ts';
import type { Exchange, Route } from './exchange.ts';
import type { ExampleQuery, GraphiqlPage } from './graphiql.ts';
import { graphqlRoute } from './graphql-route.ts';
import { healthRoute, readyRoute } from './health-routes.ts';
import { type Metrics, metricsRoute } from './metrics.ts';
import { corsPolicy, dispatch } from './router.ts';
import { statusRoute, submitRoute } from './submit-route.ts';

/** All that depends on one configuration: a request is answered by the one that it began under. */
export interface Answering {
  readonly config: ServerConfig;
  readonly routes: { readonly [path: string]: Route };
  readonly refuseFlood: RefuseFlood;
  readonly answer: (exchange: Exchange) => Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What stays the same while configurations come and go. */
export interface Lasting {
  readonly executor: Executor;
  readonly metrics: Metrics;
  readonly page: GraphiqlPage;
  readonly isDraining: () => boolean;
  readonly admission: Admission;
  /** Only while the limits are the same: what they let in is not weighed again. */
  readonly stores: DocumentStores;
}

/** The routes and what stands behind them. */
export function createAnswering(
  { config, registry, submission, log }: Pick<ServerOptions, 'config' | 'registry' | 'submission' | 'log'>,
  { executor, metrics, page, isDraining, admission, stores }: Lasting,
): Answering {
  const { limits } = config;
  const open = config.submit?.open ?? false;
  const onError = (code: string) => metrics.failed(code);
  const apollo = createApolloServer({ executor, registry, submission, limits }, log, onError, stores);
  const routes: { [path: string]: Route } = {
    // Until there is a page of our own.
    '/': graphiqlRoute('/', page),
    '/graphiql': graphiqlRoute('/graphiql', page),
    '/graphql': graphqlRoute({
      apollo,
      registry,
      admit: sourceAdmission(limits),
      maxBytes: Math.min(limits.graphqlBytes, limits.bodyBytes),
      open,
      onError,
      page: page.answer,
    }),
    '/submit': submitRoute({ submission, maxBytes: limits.bodyBytes, open }),
    '/status': statusRoute({ submission, maxBytes: limits.bodyBytes, open }),
    '/health': healthRoute(),
    '/ready': readyRoute({ registry, submission, log, isDraining }),
    '/metrics': metricsRoute(metrics),
  };
  const cors = corsPolicy(config.cors ?? []);
  const admit = ({ signal }: Exchange) => admission.enter(limits.inFlight, signal);
  return {
    config,
    routes,
    refuseFlood: floodRefusal(routes, () => admission.isFull(limits.inFlight)),
    answer: (exchange) => dispatch({ routes, cors, admit }, exchange),
    start: () => apollo.start(),
    stop: () => apollo.stop(),
  };
}

function graphiqlRoute(name: string, page: GraphiqlPage): Route {
  return {
    name,
    methods: { GET: page.answer },
    errorBody: (_status, { message }) => ({ status: 'error', message }),
  };
}

/** The part of the configuration that the server reads. */
export interface ServerConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly limits: Limits;
  /** Origins of web pages that may ask, `['*']` for all; none where it is absent or empty. */
  readonly cors?: readonly string[];
  /** Believe `X-Forwarded-For` when it comes to the client's address in the log. */
  readonly trustProxy?: boolean;
  /** What GraphiQL opens with; what kcigraph brings where it is absent or null. */
  readonly tabs?: readonly ExampleQuery[] | null;
  /** Null: no submissions. `open`: without a token too; then /submit takes only requests whose `Host` is this machine. */
  readonly submit: { readonly open: boolean } | null;
  /** Milliseconds that requests under way are given when the server stops; 10 s where absent. */
  readonly drainTimeout?: number;
  /** Milliseconds that an idle connection stays open; 75 s where absent. */
  readonly keepAliveTimeout?: number;
  /** Milliseconds without a byte after which a half-sent body is given up; a minute where absent. */
  readonly idleTimeout?: number;
  /** Milliseconds over which a body must come, and an answer be taken, at 1 KiB/s at least; 20 s where absent. */
  readonly rateWindow?: number;
}

export interface ServerOptions {
  readonly config: ServerConfig;
  readonly registry: Registry;
  readonly submission: SubmissionDoor;
  readonly log: Logger;
  /** Executes kcigraph's own schema where absent. */
  readonly executor?: Executor;
  /** Of this process; a fresh one where absent. Give the one whose `sources` hook the registry has. */
  readonly metrics?: Metrics;
}

export interface GatewayServer {
  /** Rejects with one sentence where the address cannot be had. */
  listen(): Promise<void>;
  /**
   * Answers by another configuration and other sources from the next request on; where it listens stays as it is. `over`
   * resolves when the requests that began before have ended: what they were answered from may be stopped then.
   */
  replace(next: Pick<ServerOptions, 'config' | 'registry'>): Promise<{ readonly over: Promise<void> }>;
  /** Takes no new requests, gives those under way their time, and ends them then. A second call ends them at once. */
  close(): Promise<void>;
  /** Such as `http://127.0.0.1:4000`; null while it does not listen. */
  readonly address: string | null;
}
