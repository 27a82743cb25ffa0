/**
 * A request, in the order in which it happens: a listener takes it from one of several sockets and refuses it at once under
 * a flood; the router finds its route and waits for admission; the route checks headers, reads the body within its limits and
 * hands it to execution or to submission; the answer is compressed, sent and noted in the access log. A new configuration
 * replaces all that depends on it: requests under way finish under the one that they began with.
 */

import { isDeepStrictEqual } from 'node:util';
import { ByteBudget } from '../federation/byte-budget.ts';
import { createDocumentStores } from '../graphql/apollo-server.ts';
import { createExecutor } from '../graphql/schema.ts';
import { Admission } from './admission.ts';
import { createAnswering, type GatewayServer, type Lasting, type ServerOptions } from './app.ts';
import { SlowSenders } from './connections.ts';
import { GraphiqlPage } from './graphiql.ts';
import { HttpListener } from './listener.ts';
import { Metrics } from './metrics.ts';

/** The gateway as a server over HTTP. It neither starts nor stops the registry. */
export function createServer(options: ServerOptions): GatewayServer {
  const { config, registry, submission, log, metrics = new Metrics() } = options;
  const page = new GraphiqlPage(config.tabs ?? null);
  const senders = new SlowSenders();
  const memory = new ByteBudget(config.limits.inFlightBytes, senders.giveWay);
  let lasting: Lasting = {
    executor: options.executor ?? createExecutor({ onExecuted: (engine, ms) => metrics.executed(engine, ms) }),
    metrics,
    page,
    isDraining: () => listener.draining,
    admission: new Admission(senders.giveWay),
    // Parsed documents are also what compiled ones are known by.
    stores: createDocumentStores(),
  };
  let current = createAnswering({ config, registry, submission, log }, lasting);
  const listener = new HttpListener({ config, log, metrics, memory, senders, first: current });
  metrics.watch(registry);
  metrics.watchMemory(memory);

  return {
    async listen() {
      await current.start();
      await listener.listen();
      page.prepare().catch((error: unknown) => log.error({ err: error }, 'GraphiQL could not be made'));
    },
    async replace(next) {
      const before = current;
      if (!isDeepStrictEqual(before.config.limits, next.config.limits)) {
        lasting = { ...lasting, stores: createDocumentStores() };
      }
      const answering = createAnswering({ ...next, submission, log }, lasting);
      await answering.start();
      current = answering;
      memory.limit = next.config.limits.inFlightBytes;
      page.openWith(next.config.tabs ?? null);
      metrics.watch(next.registry);
      const over = listener.replace(answering).then(() => before.stop());
      return { over };
    },
    async close() {
      await listener.close();
      await current.stop();
    },
    get address() {
      return listener.address;
    },
  };
}
