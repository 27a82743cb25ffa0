import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry as PrometheusRegistry } from 'prom-client';
import type { ByteBudget } from '../federation/byte-budget.ts';
import type { SourceMetrics } from '../federation/guard/source-state.ts';
import type { Registry } from '../federation/registry.ts';
import type { Route } from './exchange.ts';
import { sendCompressed } from './send.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STATES = { UP: 2, DEGRADED: 1, DOWN: 0 } as const;

/** The figures of one process, as Prometheus text. */
export class Metrics {
  readonly #registry = new PrometheusRegistry();
  readonly #routes = this.#histogram(
    'kcigraph_http_request_seconds',
    'Time to answer a request.',
    ['route', 'status'],
    SECONDS,
  );
  readonly #executors = this.#histogram(
    'kcigraph_execution_seconds',
    'Time to execute an operation.',
    ['executor'],
    SECONDS,
  );
  readonly #errors = this.#counter('kcigraph_graphql_errors_total', 'Errors in answers, by code.', ['code']);
  readonly #sourceCalls = this.#histogram(
    'kcigraph_source_call_seconds',
    'Time of a call to a source.',
    ['source', 'call'],
    SECONDS,
  );
  readonly #sourceErrors = this.#counter('kcigraph_source_errors_total', 'Calls to a source that failed, by code.', [
    'source',
    'code',
  ]);
  readonly #sourceKeys = this.#histogram(
    'kcigraph_source_batch_keys',
    'Keys or parents of a call to a source.',
    ['source', 'call'],
    [1, 2, 5, 10, 25, 50, 100, 250, 500],
  );
  readonly #sourceHits = this.#counter(
    'kcigraph_source_cache_hits_total',
    'Answers of a source that came from the cache.',
    ['source'],
  );

  readonly #requests = this.#histogram(
    'kcigraph_source_request_seconds',
    'Time of a request to the system behind a source, without its wait for a permit.',
    ['source'],
    SECONDS,
  );
  readonly #requestErrors = this.#counter(
    'kcigraph_source_request_errors_total',
    'Requests to the system behind a source that failed, by code.',
    ['source', 'code'],
  );
  readonly #requestWaits = this.#histogram(
    'kcigraph_source_request_wait_seconds',
    'Time that a request waited for a permit of rate and concurrency.',
    ['source'],
    SECONDS,
  );
  readonly #retries = this.#counter(
    'kcigraph_source_retries_total',
    'Requests to the system behind a source that were tried once more.',
    ['source'],
  );

  /** What the guard round the sources reports to. */
  readonly sources: SourceMetrics = {
    called: (source, call, ms, code, keys) => {
      this.#sourceCalls.observe({ source, call }, ms / 1000);
      this.#sourceKeys.observe({ source, call }, keys);
      if (code !== null) this.#sourceErrors.inc({ source, code });
    },
    refused: (source, code) => this.#sourceErrors.inc({ source, code }),
    cacheHit: (source) => this.#sourceHits.inc({ source }),
    requested: (source, waitedMs, ms, code) => {
      this.#requests.observe({ source }, ms / 1000);
      this.#requestWaits.observe({ source }, waitedMs / 1000);
      if (code !== null) this.#requestErrors.inc({ source, code });
    },
    retried: (source) => this.#retries.inc({ source }),
  };

  constructor() {
    collectDefaultMetrics({ register: this.#registry, prefix: 'kcigraph_' });
  }

  /** `route` is one of the server's own, never what a client sent: its labels would be without bound. */
  answered(route: string, status: number, ms: number): void {
    this.#routes.observe({ route, status: String(status) }, ms / 1000);
  }

  executed(executor: string, ms: number): void {
    this.#executors.observe({ executor }, ms / 1000);
  }

  failed(code: string): void {
    this.#errors.inc({ code });
  }

  /** Shows each source's state at the time of asking: 2 up, 1 degraded, 0 down (its breaker is open). */
  watch(registry: Registry): void {
    this.#watch(
      registry,
      'kcigraph_source_state',
      'State of a source: 2 up, 1 degraded, 0 down.',
      (state) => STATES[state],
    );
    this.#watch(registry, 'kcigraph_source_breaker_open', 'Whether the breaker of a source is open.', (state) =>
      state === 'DOWN' ? 1 : 0,
    );
  }

  /** Shows the bytes that requests hold in memory at the time of asking. */
  watchMemory(budget: ByteBudget): void {
    new Gauge({
      name: 'kcigraph_in_flight_bytes',
      help: 'Bytes of memory that requests hold, by kind: body, document in a file that is loaded, rows of sources, answer not yet taken.',
      labelNames: ['kind'],
      registers: [this.#registry],
      collect() {
        for (const [kind, bytes] of Object.entries(budget.held)) this.set({ kind }, bytes);
      },
    });
  }

  #watch(registry: Registry, name: string, help: string, figure: (state: keyof typeof STATES) => number): void {
    this.#registry.removeSingleMetric(name);
    new Gauge({
      name,
      help,
      labelNames: ['source'],
      registers: [this.#registry],
      collect() {
        for (const source of registry.sources) this.set({ source: source.name }, figure(source.state.name));
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #histogram<L extends string>(name: string, help: string, labelNames: L[], buckets: number[]): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] });
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }
}

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
