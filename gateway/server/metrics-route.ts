import type { Route } from './exchange.ts';
import type { Metrics } from './metrics.ts';
import { sendCompressed } from './send-compressed.ts';

/** Answers that are not read yet, beyond which further clients are given the text of the last one. */
const MOST_TEXTS = 16;
/** Milliseconds for which it is given at most. */
const FRESH = 5_000;

/** GET /metrics: Prometheus text. */
export function metricsRoute(metrics: Metrics): Route {
  let unread = 0;
  let last: { readonly at: number; readonly text: Promise<Buffer> } | null = null;
  return {
    name: '/metrics',
    isAlwaysAnswered: true,
    methods: {
      GET: async (exchange) => {
        unread += 1;
        exchange.response.once('close', () => {
          unread -= 1;
        });
        // Whoever asks and does not read must not have a text made and kept each time.
        if (last === null || unread <= MOST_TEXTS || performance.now() - last.at > FRESH) {
          last = { at: performance.now(), text: metrics.text().then((text) => Buffer.from(text)) };
        }
        await sendCompressed(exchange, 200, metrics.contentType, await last.text, { 'cache-control': 'no-store' });
      },
    },
    errorBody: (_status, { message }) => ({ status: 'error', message }),
  };
}
