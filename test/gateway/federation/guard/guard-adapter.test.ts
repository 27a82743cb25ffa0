import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Adapter, Call } from '../../../../adapters/adapter.ts';
import { SourceError } from '../../../../adapters/errors.ts';
import { guardAdapter } from '../../../../gateway/federation/guard/guard-adapter.ts';
import { type SourceMetrics, SourceStateTracker } from '../../../../gateway/federation/guard/source-state.ts';
import { ArrayAdapter } from '../../../support/array-adapter.ts';
import { knownDocuments } from '../../../support/array-subject.ts';
import { wrapped } from '../../../support/faulty-adapter/wrapped.ts';
import { quietLog } from '../../../support/federated-gateway.ts';

const documents = knownDocuments();
const ids = documents.flatMap(({ entity, object }) => (entity === 'test' ? [object.id] : [])).slice(0, 4);
const [first = '', second = '', third = ''] = ids;
const DOWN = new SourceError('SOURCE_UNAVAILABLE', 'The source is out of order.');
const SETTINGS = {
  timeout: 1_000,
  cacheTtl: 0,
  staleIfError: 0,
  breaker: { failures: 3, openFor: 50 },
  restAfter429: 5_000,
};

function guarded(adapter: Adapter, settings: Partial<typeof SETTINGS> = {}) {
  const state = new SourceStateTracker();
  const told: string[] = [];
  const metrics: SourceMetrics = {
    called: (_, call, __, code, keys) => told.push(`${call} ${code} ${keys}`),
    refused: (_, code) => told.push(`refused ${code}`),
    cacheHit: () => told.push('hit'),
    requested: () => undefined,
    retried: () => undefined,
  };
  const log: object[] = [];
  const options = { source: 'ci', settings: { ...SETTINGS, ...settings }, state, log: quietLog(log), metrics };
  return { guard: guardAdapter(adapter, options), state, told, log };
}

function call(warnings: SourceError[] = [], signal = new AbortController().signal): Call {
  const fields = new Set(['id', 'path']);
  return { signal, deadline: Date.now() + 5_000, fields, log: quietLog(), warn: (error) => warnings.push(error) };
}

describe('look-ups that are kept', () => {
  it('are kept key by key: only those are asked for that are not at hand', async () => {
    const adapter = new ArrayAdapter({ documents });
    const asked: (readonly string[])[] = [];
    const spied = wrapped(adapter, {
      getMany: (entity, keys, within) => {
        asked.push(keys);
        return adapter.getMany(entity, keys, within);
      },
    });
    const { guard, told } = guarded(spied, { cacheTtl: 10_000 });
    await guard.getMany('test', [first, second], call());
    const more = await guard.getMany('test', [second, third, 'lab:nowhere'], call());
    expect([...more.keys()].sort()).toEqual([second, third].sort());
    const again = await guard.getMany('test', [first, 'lab:nowhere', third], call());
    expect([...again.keys()].sort()).toEqual([first, third].sort());
    expect(asked).toEqual([
      [first, second],
      [third, 'lab:nowhere'],
    ]);
    expect(told).toEqual(['getMany null 2', 'getMany null 2', 'hit']);
  });

  it('serve, old as they are, for the keys that fail, and the failure for the others', async () => {
    const adapter = new ArrayAdapter({ documents });
    const { guard } = guarded(adapter, { staleIfError: 10_000 });
    await guard.getMany('test', [first], call());
    adapter.failure = DOWN;
    const warnings: SourceError[] = [];
    const answer = await guard.getMany('test', [first, second], call(warnings));
    expect(answer.get(first)).toMatchObject({ object: { id: first } });
    expect(answer.get(second)).toBe(DOWN);
    expect(warnings.map(({ code }) => code)).toEqual(['SOURCE_STALE']);
    await expect(guard.getMany('test', [second], call())).rejects.toBe(DOWN);
  });
});

describe('an answer that is kept', () => {
  it('is kept with what the source said of it', async () => {
    const adapter = new ArrayAdapter({ documents });
    const warning = new SourceError('SOURCE_BAD_DATA', 'The test "lab:x" could not be understood.', { id: 'lab:x' });
    const warning2 = wrapped(adapter, {
      list: (entity, query, within) => {
        within.warn(warning);
        return adapter.list(entity, query, within);
      },
    });
    const { guard } = guarded(warning2, { cacheTtl: 10_000 });
    const ask = async () => {
      const warnings: SourceError[] = [];
      await guard.list('test', { where: null, order: 'NEWEST', first: 2, after: null }, call(warnings));
      return warnings;
    };
    expect(await ask()).toEqual([warning]);
    expect(await ask()).toEqual([warning]);
    expect(adapter.requests).toBe(1);
  });

  it('is none where the call failed', async () => {
    const adapter = new ArrayAdapter({ documents });
    adapter.failure = DOWN;
    const { guard } = guarded(adapter, { cacheTtl: 10_000 });
    await expect(guard.getMany('test', [first], call())).rejects.toBe(DOWN);
    adapter.failure = null;
    expect((await guard.getMany('test', [first], call())).size).toBe(1);
  });
});

describe('a source', () => {
  it('that says it is not well is DEGRADED, then DOWN, and counts as failing', async () => {
    let ok = false;
    const adapter = wrapped(new ArrayAdapter({ documents }), {
      health: async () => ({ ok, detail: 'The disk is full.' }),
    });
    const { guard, state, told } = guarded(adapter);
    expect(await guard.health(call())).toEqual({ ok: false, detail: 'The disk is full.' });
    expect(state).toMatchObject({ name: 'DEGRADED', detail: 'The disk is full.' });
    await guard.health(call());
    await guard.health(call());
    expect(state.name).toBe('DOWN');
    await expect(guard.getMany('test', [first], call())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(told.at(-1)).toBe('refused SOURCE_UNAVAILABLE');
    ok = true;
    await delay(60);
    await guard.health(call());
    expect(state).toMatchObject({ name: 'UP', detail: null });
  });

  it('that rests says for how long, from the first refusal on', async () => {
    const adapter = new ArrayAdapter({ documents });
    adapter.failure = new SourceError('SOURCE_RATE_LIMITED', 'Fewer, please.');
    const { guard } = guarded(adapter);
    const told = { code: 'SOURCE_RATE_LIMITED', retryAfterMs: 5_000 };
    await expect(guard.getMany('test', [first], call())).rejects.toMatchObject(told);
    await expect(guard.getMany('test', [first], call())).rejects.toMatchObject({ code: 'SOURCE_RATE_LIMITED' });
    expect(adapter.requests).toBe(1);
  });

  it('that does not heed the signal is left behind at its time-out', async () => {
    const deaf = wrapped(new ArrayAdapter({ documents }), { getMany: () => new Promise(() => undefined) });
    const { guard, state } = guarded(deaf, { timeout: 40 });
    const start = performance.now();
    await expect(guard.getMany('test', [first], call())).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(performance.now() - start).toBeLessThan(500);
    expect(state.name).toBe('DEGRADED');
  });

  it('that fails under one key with anything else is told as its adapter’s fault, and only there', async () => {
    const inner = new ArrayAdapter({ documents });
    const careless = wrapped(inner, {
      getMany: async (entity, keys, within) => {
        const found = new Map(await inner.getMany(entity, keys, within));
        Reflect.apply(Map.prototype.set, found, [second, new TypeError('secret at /srv/adapter.ts')]);
        return found;
      },
    });
    const { guard, log } = guarded(careless);
    const answer = await guard.getMany('test', [first, second], call());
    expect(answer.get(first)).toMatchObject({ object: { id: first } });
    expect(answer.get(second)).toMatchObject({
      code: 'SOURCE_BAD_DATA',
      message: expect.not.stringContaining('secret'),
    });
    expect(log).toHaveLength(1);
  });
});
