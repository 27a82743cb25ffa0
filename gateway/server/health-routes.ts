import type { Logger } from '../../adapters/adapter.ts';
import { SourceError } from '../../adapters/errors.ts';
import type { Registry, Source } from '../federation/registry.ts';
import type { Route } from './exchange.ts';
import { sendJson } from './send.ts';

/** Milliseconds that a source is given to say how it is. */
const PATIENCE = 3_000;
/** Milliseconds for which what it said holds: asking /ready must not become a load. */
const FRESH = 1_000;

const errorBody = (_status: number, { message }: { message: string }) => ({ status: 'error', message });

/** GET /health: the process is up. */
export function healthRoute(): Route {
  return {
    name: '/health',
    methods: {
      GET: async ({ response }) => {
        const uptime = Math.round(process.uptime());
        sendJson(response, 200, { status: 'ok', uptime }, { 'cache-control': 'no-store' });
      },
    },
    errorBody,
  };
}

interface Readiness {
  readonly ready: boolean;
  readonly sources: Readonly<Record<string, object>>;
}

/** GET /ready: asks every source how it is; ready while one of them answers and the server is not being stopped. */
export function readyRoute(registry: Registry, log: Logger, isDraining: () => boolean): Route {
  let last: { readonly at: number; readonly answer: Promise<Readiness> } | null = null;
  return {
    name: '/ready',
    methods: {
      GET: async ({ response }) => {
        // Of a clock that is never set: one that is set back would make an old answer hold for long.
        const now = performance.now();
        if (last === null || now - last.at > FRESH) last = { at: now, answer: askAll(registry, log) };
        const { ready, sources } = await last.answer;
        const status = isDraining() ? 'draining' : ready ? 'ready' : 'unavailable';
        const headers = { 'cache-control': 'no-store' };
        sendJson(response, status === 'ready' ? 200 : 503, { status, sources }, headers);
      },
    },
    errorBody,
  };
}

async function askAll(registry: Registry, log: Logger): Promise<Readiness> {
  const answers = await Promise.all(registry.sources.map((source) => ask(source, log)));
  return {
    ready: answers.some(({ ok }) => ok),
    sources: Object.fromEntries(
      registry.sources.map(({ name, adapterName, state }, index) => {
        const { ok, detail } = answers[index]!;
        const { since, latency } = state;
        return [name, { adapter: adapterName, state: state.name, since, latency, ok, detail: detail ?? state.detail }];
      }),
    ),
  };
}

async function ask(source: Source, log: Logger): Promise<{ ok: boolean; detail: string | null }> {
  const signal = AbortSignal.timeout(PATIENCE);
  const late = new Promise<{ ok: boolean; detail: string }>((resolve) => {
    signal.addEventListener('abort', () => resolve({ ok: false, detail: `It did not answer within ${PATIENCE} ms.` }));
  });
  const call = { signal, deadline: Date.now() + PATIENCE, fields: new Set<string>(), log, warn: () => {} };
  const health = source.adapter.health(call).then(
    ({ ok, detail = null }) => ({ ok, detail }),
    (error: unknown) => {
      log.debug({ err: error, source: source.name }, 'a source did not say how it is');
      return { ok: false, detail: error instanceof SourceError ? error.message : 'It failed.' };
    },
  );
  return Promise.race([health, late]);
}
