import { sourceAdmission } from '../execution/admit-source.ts';
import { createApolloServer } from '../execution/apollo-server.ts';
import { createExecutor } from '../execution/create-executor.ts';
import { corsPolicy } from './cors.ts';
import type { Exchange, Route } from './exchange.ts';
import { GraphiqlPage } from './graphiql-page.ts';
import { graphqlRoute } from './graphql-route.ts';
import { healthRoute, readyRoute } from './health-routes.ts';
import { HttpListener } from './http-listener.ts';
import { Metrics } from './metrics.ts';
import { metricsRoute } from './metrics-route.ts';
import { dispatch } from './router.ts';
import type { GatewayServer, ServerOptions } from './server-options.ts';
import { statusRoute, submitRoute } from './submit-route.ts';

/** The gateway as a server over HTTP. It neither starts nor stops the registry. */
export function createServer(options: ServerOptions): GatewayServer {
  const { config, registry, submission, log, metrics = new Metrics() } = options;
  const { limits } = config;
  const open = config.submit?.open ?? false;
  const executor = options.executor ?? createExecutor({ onExecuted: (engine, ms) => metrics.executed(engine, ms) });
  const onError = (code: string) => metrics.failed(code);
  const apollo = createApolloServer({ executor, registry, submission, limits }, log, onError);
  const page = new GraphiqlPage();
  metrics.watch(registry);

  const routes: { [path: string]: Route } = {
    '/': {
      name: '/',
      methods: { GET: page.answer },
      errorBody: (_status, { message }) => ({ status: 'error', message }),
    },
    '/graphql': graphqlRoute({
      apollo,
      admit: sourceAdmission(limits),
      maxBytes: Math.min(limits.graphqlBytes, limits.bodyBytes),
      open,
      onError,
      page: page.answer,
    }),
    '/submit': submitRoute({ submission, maxBytes: limits.bodyBytes, open }),
    '/status': statusRoute({ submission, maxBytes: limits.bodyBytes, open }),
    '/health': healthRoute(),
    '/ready': readyRoute(registry, log, () => listener.draining),
    '/metrics': metricsRoute(metrics),
  };
  const cors = corsPolicy(config.cors ?? []);
  const answer = (exchange: Exchange) => dispatch({ routes, cors }, exchange);
  const listener = new HttpListener({ config, log, metrics, routes, answer });

  return {
    async listen() {
      await apollo.start();
      await listener.listen();
      page.prepare().catch((error: unknown) => log.error({ err: error }, 'GraphiQL could not be made'));
    },
    async close() {
      await listener.close();
      await apollo.stop();
    },
    get address() {
      return listener.address;
    },
  };
}
