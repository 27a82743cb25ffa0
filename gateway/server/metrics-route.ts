import type { Route } from './exchange.ts';
import type { Metrics } from './metrics.ts';
import { send } from './send.ts';

/** GET /metrics: Prometheus text. */
export function metricsRoute(metrics: Metrics): Route {
  return {
    name: '/metrics',
    methods: {
      GET: async ({ response }) => {
        send(response, 200, metrics.contentType, await metrics.text(), { 'cache-control': 'no-store' });
      },
    },
    errorBody: (_status, { message }) => ({ status: 'error', message }),
  };
}
