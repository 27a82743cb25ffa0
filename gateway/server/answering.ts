import { sourceAdmission } from '../execution/admit-source.ts';
import { createApolloServer, type DocumentStores } from '../execution/apollo-server.ts';
import type { Executor } from '../execution/executor.ts';
import type { Admission } from './admission.ts';
import { corsPolicy } from './cors.ts';
import type { Exchange, Route } from './exchange.ts';
import type { GraphiqlPage } from './graphiql-page.ts';
import { graphqlRoute } from './graphql-route.ts';
import { healthRoute, readyRoute } from './health-routes.ts';
import type { Metrics } from './metrics.ts';
import { metricsRoute } from './metrics-route.ts';
import { floodRefusal, type RefuseFlood } from './refuse-flood.ts';
import { dispatch } from './router.ts';
import type { ServerConfig, ServerOptions } from './server-options.ts';
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
