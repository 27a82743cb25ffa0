import type { Route } from './exchange.ts';
import type { Metrics } from './metrics.ts';
import { sendCompressed } from './send-compressed.ts';

/** GET /metrics: Prometheus text. */
export function metricsRoute(metrics: Metrics): Route {
  return {
    name: '/metrics',
    isAlwaysAnswered: true,
    methods: {
      GET: async (exchange) => {
        await sendCompressed(exchange, 200, metrics.contentType, await metrics.text(), { 'cache-control': 'no-store' });
      },
    },
    errorBody: (_status, { message }) => ({ status: 'error', message }),
  };
}
