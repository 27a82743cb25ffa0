import type { Logger } from '../../adapters/contract/adapter.ts';
import { SourceError } from '../../adapters/contract/errors.ts';
import { WAIT_MS } from '../federation/guard/deadline.ts';
import type { Registry, Source } from '../federation/registry.ts';
import type { SubmissionDoor } from '../ingest/submission.ts';
import type { Route } from './exchange.ts';
import { sendJson } from './send.ts';

/** Milliseconds for which what it said holds: asking /ready must not become a load. */
const FRESH = 5_000;

const errorBody = (_status: number, { message }: { message: string }) => ({ status: 'error', message });

/** GET /health: the process is up. */
export function healthRoute(): Route {
  return {
    name: '/health',
    isAlwaysAnswered: true,
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
  /** At least one source answers. */
  readonly canRead: boolean;
  /** The store that submissions go to answers; false where submission is off. */
  readonly canStore: boolean;
  readonly sources: Readonly<Record<string, object>>;
}

export interface ReadyOptions {
  readonly registry: Registry;
  readonly submission: Pick<SubmissionDoor, 'canStore'>;
  readonly log: Logger;
  readonly isDraining: () => boolean;
}

/** GET /ready: asks every source how it is; ready while one of them answers and the server is not being stopped. */
export function readyRoute(options: ReadyOptions): Route {
  let last: { readonly at: number; readonly answer: Promise<Readiness> } | null = null;
  return {
    name: '/ready',
    isAlwaysAnswered: true,
    methods: {
      GET: async ({ response }) => {
        // Of a clock that is never set: one that is set back would make an old answer hold for long.
        const now = performance.now();
        if (last === null || now - last.at > FRESH) last = { at: now, answer: askAll(options) };
        const { canRead, canStore, sources } = await last.answer;
        const status = options.isDraining() ? 'draining' : canRead ? 'ready' : 'unavailable';
        const headers = { 'cache-control': 'no-store' };
        sendJson(response, status === 'ready' ? 200 : 503, { status, canRead, canStore, sources }, headers);
      },
    },
    errorBody,
  };
}

async function askAll({ registry, submission, log }: ReadyOptions): Promise<Readiness> {
  const [answers, canStore] = await Promise.all([
    Promise.all(registry.sources.map((source) => ask(source, log))),
    within(WAIT_MS.health, submission.canStore(), false),
  ]);
  return {
    canRead: answers.some(({ ok }) => ok),
    canStore,
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
  const signal = AbortSignal.timeout(WAIT_MS.health);
  const deadline = Date.now() + WAIT_MS.health;
  const call = { signal, deadline, fields: new Set<string>(), log, isProbe: true, warn: () => {} };
  const health = source.adapter.health(call).then(
    ({ ok, detail = null }) => ({ ok, detail }),
    (error: unknown) => {
      log.debug({ err: error, source: source.name }, 'a source did not say how it is');
      return { ok: false, detail: error instanceof SourceError ? error.message : 'It failed.' };
    },
  );
  return await within(WAIT_MS.health, health, { ok: false, detail: `It did not answer within ${WAIT_MS.health} ms.` });
}

/** What a promise gives, or `late` where that takes too long. */
async function within<T>(ms: number, promise: Promise<T>, late: T): Promise<T> {
  const { promise: over, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(late), ms);
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
