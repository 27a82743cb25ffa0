import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Adapter, Call } from '../../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../../adapters/contract/errors.ts';
import { guardAdapter } from '../../../../gateway/federation/guard/guard.ts';
import { type SourceMetrics, SourceStateTracker } from '../../../../gateway/federation/guard/source-state.ts';
import { ArrayAdapter } from '../../../support/array-adapter.ts';
import { knownDocuments } from '../../../support/array-subject.ts';
import { asking } from '../../../support/asked-adapter.ts';
import { withObjects, wrapped } from '../../../support/faulty-adapter/wrapped.ts';
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
      get: (entity, keys, within) => {
        asked.push(keys);
        return adapter.get(entity, keys, within);
      },
    });
    const { guard, told } = guarded(spied, { cacheTtl: 10_000 });
    await asking(guard).get('test', [first, second], call());
    const more = await asking(guard).get('test', [second, third, 'lab:nowhere'], call());
    expect([...more.keys()].sort()).toEqual([second, third].sort());
    const again = await asking(guard).get('test', [first, 'lab:nowhere', third], call());
    expect([...again.keys()].sort()).toEqual([first, third].sort());
    expect(asked).toEqual([
      [first, second],
      [third, 'lab:nowhere'],
    ]);
    expect(told).toEqual(['get null 2', 'get null 2', 'hit']);
  });

  it('serve, old as they are, for the keys that fail, and the failure for the others', async () => {
    const adapter = new ArrayAdapter({ documents });
    const { guard } = guarded(adapter, { staleIfError: 10_000 });
    await asking(guard).get('test', [first], call());
    adapter.failure = DOWN;
    const warnings: SourceError[] = [];
    const answer = await asking(guard).get('test', [first, second], call(warnings));
    expect(answer.get(first)).toMatchObject({ object: { id: first } });
    expect(answer.get(second)).toBe(DOWN);
    expect(warnings.map(({ code }) => code)).toEqual(['SOURCE_STALE']);
    await expect(asking(guard).get('test', [second], call())).rejects.toBe(DOWN);
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
      await asking(guard).list('test', { where: null, order: 'NEWEST', first: 2, after: null }, call(warnings));
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
    await expect(asking(guard).get('test', [first], call())).rejects.toBe(DOWN);
    adapter.failure = null;
    expect((await asking(guard).get('test', [first], call())).size).toBe(1);
  });
});

describe('how old a kept answer may be', () => {
  /** What the source says may change, and it says for how long its answers are good. */
  function changing(freshnessMs: number, settings: Partial<typeof SETTINGS>) {
    const adapter = new ArrayAdapter({ documents });
    let comment = 'as it was';
    const told = withObjects(adapter, (object) => ({ ...object, comment }));
    const { test } = told.entities;
    const entities = { ...told.entities, ...(test && { test: { ...test, freshnessMs } }) };
    const { guard } = guarded({ ...told, entities }, settings);
    const fresh = (more: Partial<Call> = {}): Call => ({ ...call(), fields: new Set(['id', 'comment']), ...more });
    const commentOf = async (key: string, more: Partial<Call> = {}) => {
      const found = (await asking(guard).get('test', [key], fresh(more))).get(key);
      return found !== undefined && 'object' in found ? found.object.comment : null;
    };
    const listed = async (first: number, more: Partial<Call> = {}) => {
      const query = { where: null, order: 'NEWEST', first, after: null } as const;
      return (await asking(guard).list('test', query, fresh(more))).items.map(({ object }) => object);
    };
    const change = () => {
      comment = 'as it is now';
    };
    return { adapter, guard, commentOf, listed, change, fresh };
  }

  it.each([
    ['cacheTtl, where the source says longer', 300_000, { cacheTtl: 80 }],
    ['what the source says, where cacheTtl is longer', 80, { cacheTtl: 300_000 }],
    ['cacheTtl, where the source says nothing', 0, { cacheTtl: 80 }],
  ])('is %s', async (_, freshness, settings) => {
    const { adapter, commentOf, change } = changing(freshness, settings);
    await commentOf(first);
    change();
    expect(await commentOf(first)).toBe('as it was');
    expect(adapter.requests).toBe(1);
    await expect.poll(() => commentOf(first), { timeout: 3_000 }).toBe('as it is now');
  });

  it('is no time at all where cacheTtl is 0, however long the source says', async () => {
    const { commentOf, change } = changing(300_000, { cacheTtl: 0, staleIfError: 60_000 });
    await commentOf(first);
    change();
    expect(await commentOf(first)).toBe('as it is now');
  });

  it('is what the request says, where that is less', async () => {
    const { adapter, commentOf } = changing(0, { cacheTtl: 300_000 });
    await commentOf(first);
    await commentOf(first, { maxAgeMs: 60_000 });
    expect(adapter.requests).toBe(1);
    await delay(30);
    await commentOf(first, { maxAgeMs: 20 });
    expect(adapter.requests).toBe(2);
  });

  it('ends for the list with a newer answer about one of its objects, and for the look-up with a newer list', async () => {
    const { commentOf, listed, change } = changing(0, { cacheTtl: 300_000 });
    const [shown] = await listed(3);
    const id = shown?.id ?? '';
    await delay(2);
    change();
    expect(await commentOf(id)).toBe('as it is now');
    expect((await listed(3)).map(({ comment }) => comment)).toEqual(Array(3).fill('as it is now'));
    const other = changing(0, { cacheTtl: 300_000 });
    await other.commentOf(id);
    await delay(2);
    other.change();
    await other.listed(5);
    expect(await other.commentOf(id)).toBe('as it is now');
  });

  it('does not end with a newer answer that says the same', async () => {
    const { adapter, commentOf, listed } = changing(0, { cacheTtl: 300_000 });
    const [shown] = await listed(3);
    await commentOf(shown?.id ?? '');
    await listed(3);
    expect(adapter.requests).toBe(2);
  });

  it('ends for a "no" with an answer that has the object', async () => {
    const { adapter, guard, listed, fresh } = changing(0, { cacheTtl: 300_000 });
    const [shown] = await listed(1);
    const rows = documents.filter(({ object }) => object.id !== shown?.id);
    const without = new ArrayAdapter({ documents: rows });
    const late = wrapped(adapter, { get: (entity, keys, within) => without.get(entity, keys, within) });
    const { guard: over } = guarded(late, { cacheTtl: 300_000 });
    const id = shown?.id ?? '';
    expect((await asking(over).get('test', [id], fresh())).size).toBe(0);
    expect((await asking(over).get('test', [id], fresh())).size).toBe(0);
    expect(without.requests).toBe(1);
    await delay(2);
    await asking(over).list('test', { where: null, order: 'NEWEST', first: 1, after: null }, fresh());
    await asking(over).get('test', [id], fresh());
    expect(without.requests).toBe(2);
    await guard.stop();
  });

  it('is told with each answer that was kept, and grows', async () => {
    const { commentOf } = changing(0, { cacheTtl: 300_000 });
    const ages: number[] = [];
    const kept = (ageMs: number) => ages.push(ageMs);
    await commentOf(first, { kept });
    expect(ages).toEqual([]);
    await delay(20);
    await commentOf(first, { kept });
    await delay(20);
    await commentOf(first, { kept });
    expect(ages).toHaveLength(2);
    expect(ages[0]).toBeGreaterThan(15);
    expect(ages[1]).toBeGreaterThan((ages[0] ?? 0) + 15);
  });

  it('is the adapter’s business where it keeps answers: no second copy hides what it learns', async () => {
    const adapter = new ArrayAdapter({ documents });
    const keeping = wrapped(adapter, {
      get: (entity, keys, within) => {
        within.kept?.(7);
        return adapter.get(entity, keys, within);
      },
    });
    const { guard } = guarded(keeping, { cacheTtl: 300_000, staleIfError: 300_000 });
    const ages: number[] = [];
    for (let time = 0; time < 2; time++) {
      await asking(guard).get('test', [first], { ...call(), kept: (ageMs) => ages.push(ageMs) });
    }
    expect([adapter.requests, ages]).toEqual([2, [7, 7]]);
    adapter.failure = DOWN;
    expect((await asking(guard).get('test', [first], call())).size).toBe(1);
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
    await expect(asking(guard).get('test', [first], call())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
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
    await expect(asking(guard).get('test', [first], call())).rejects.toMatchObject(told);
    await expect(asking(guard).get('test', [first], call())).rejects.toMatchObject({ code: 'SOURCE_RATE_LIMITED' });
    expect(adapter.requests).toBe(1);
  });

  it('that does not heed the signal is left behind at its time-out', async () => {
    const never = () => new Promise<never>(() => undefined);
    const deaf = wrapped(new ArrayAdapter({ documents }), { get: never, health: never });
    const { guard, state } = guarded(deaf, { timeout: 40 });
    const start = performance.now();
    await expect(asking(guard).get('test', [first], call())).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(performance.now() - start).toBeLessThan(500);
    await expect.poll(() => state.name).toBe('DEGRADED');
  });

  it('that answers others is not blamed for a question that takes too long', async () => {
    const inner = new ArrayAdapter({ documents });
    let probes = 0;
    const busy = wrapped(inner, {
      get: () => new Promise<never>(() => undefined),
      health: async ({ isProbe }) => {
        expect(isProbe).toBe(true);
        probes += 1;
        return { ok: true };
      },
    });
    const { guard, state } = guarded(busy, { timeout: 20 });
    for (let time = 0; time < 5; time += 1) {
      await expect(asking(guard).get('test', [first], call())).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
      await expect.poll(() => probes).toBe(time + 1);
    }
    expect(
      (await asking(guard).list('test', { where: null, order: 'NEWEST', first: 2, after: null }, call())).items,
    ).toHaveLength(2);
    await expect.poll(() => state).toMatchObject({ name: 'UP', detail: null });
  });

  it.each([
    ['says that it is not well', async () => ({ ok: false, detail: 'The disk is full.' })],
    ['does not say how it is either', () => new Promise<never>(() => undefined)],
    ['cannot be reached for that either', () => Promise.reject(DOWN)],
  ])('whose questions take too long and that %s is left alone', async (_, health) => {
    const gone = wrapped(new ArrayAdapter({ documents }), {
      get: () => new Promise<never>(() => undefined),
      health,
    });
    const { guard, state } = guarded(gone, { timeout: 20, breaker: { failures: 3, openFor: 20_000 } });
    for (let time = 0; time < 3; time += 1)
      await asking(guard)
        .get('test', [first], call())
        .catch(() => undefined);
    await expect.poll(() => state.name).toBe('DOWN');
    await expect(asking(guard).get('test', [first], call())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });

  it('is not blamed for what is the gateway’s own', async () => {
    const adapter = new ArrayAdapter({ documents });
    const { guard, state } = guarded(adapter);
    for (const code of ['SOURCE_UNAVAILABLE', 'SOURCE_TIMEOUT', 'SOURCE_RATE_LIMITED', 'SOURCE_BAD_DATA'] as const) {
      adapter.failure = new SourceError(code, 'The queue is full.', { origin: 'gateway' });
      for (let time = 0; time < 5; time += 1) {
        await expect(asking(guard).get('test', [first], call())).rejects.toMatchObject({ code });
      }
    }
    adapter.failure = null;
    expect((await asking(guard).get('test', [first], call())).size).toBe(1);
    expect(state.name).toBe('UP');
  });

  it('says how it is now where a probe asks, whatever the breaker says, and is tried again then', async () => {
    const adapter = new ArrayAdapter({ documents });
    const { guard, state } = guarded(adapter, { breaker: { failures: 1, openFor: 20_000 } });
    adapter.failure = DOWN;
    await expect(asking(guard).get('test', [first], call())).rejects.toBe(DOWN);
    const probe = () => guard.health({ ...call(), isProbe: true });
    expect(await probe()).toMatchObject({ ok: false });
    adapter.failure = null;
    await expect(asking(guard).get('test', [first], call())).rejects.toThrow('left alone');
    expect(state.name).toBe('DOWN');
    expect(await probe()).toEqual({ ok: true });
    expect((await asking(guard).get('test', [first], call())).size).toBe(1);
    expect(state.name).toBe('UP');
  });

  it('that fails under one key with anything else is told as its adapter’s fault, and only there', async () => {
    const inner = new ArrayAdapter({ documents });
    const careless = wrapped(inner, {
      get: async (entity, keys, within) => {
        const found = new Map(await inner.get(entity, keys, within));
        Reflect.apply(Map.prototype.set, found, [second, new TypeError('secret at /srv/adapter.ts')]);
        return found;
      },
    });
    const { guard, log } = guarded(careless);
    const answer = await asking(guard).get('test', [first, second], call());
    expect(answer.get(first)).toMatchObject({ object: { id: first } });
    expect(answer.get(second)).toMatchObject({
      code: 'SOURCE_BAD_DATA',
      message: expect.not.stringContaining('secret'),
    });
    expect(log).toHaveLength(1);
  });
});
