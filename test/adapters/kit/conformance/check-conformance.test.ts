import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type AdapterModule, CONTRACT, type Requests } from '../../../../adapters/adapter.ts';
import {
  BEHAVIOURS,
  checkConformance,
  describeConformance,
  openSubject,
  renderReport,
} from '../../../../adapters/kit/conformance/conformance.ts';
import { ArrayAdapter } from '../../../support/array-adapter.ts';
import { arraySubject, knownDocuments } from '../../../support/array-subject.ts';
import { withRequests, wrapped } from '../../../support/faulty-adapter/wrapped.ts';

// A whole suite takes seconds, and many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const outcomes = (report: Awaited<ReturnType<typeof checkConformance>>, wanted: string) =>
  report.behaviours.filter(({ outcome }) => outcome === wanted).map(({ name }) => name);

describe('an honest adapter with known data', () => {
  for (const paging of ['keyset', 'full', 'offset'] as const) {
    it(`passes everything that can be checked of ${paging} paging`, async () => {
      const report = await checkConformance(arraySubject({ paging }));
      expect(renderReport(report)).not.toContain('FAILED');
      expect(outcomes(report, 'skipped')).toEqual(paging === 'offset' ? ['seek'] : []);
      expect(report).toMatchObject({ ok: true, failed: 0, passed: BEHAVIOURS.length - (paging === 'offset' ? 1 : 0) });
    });
  }

  it('passes with rows of an offset source that come as they arrived', async () => {
    const report = await checkConformance(arraySubject({ paging: 'offset', arrival: true }));
    expect(outcomes(report, 'fail')).toEqual([]);
    expect(outcomes(report, 'skipped')).toEqual(['order', 'seek']);
  });

  it('passes with little to offer: one order, few filters, no counts, some relations, one key a request', async () => {
    const report = await checkConformance(
      arraySubject({
        orders: ['NEWEST'],
        filters: ['origin'],
        count: null,
        maxKeys: 1,
        relations: ['testsOfBuild', 'incidentsOfTest'],
        entities: ['build', 'test', 'incident'],
        bringsBuilds: false,
      }),
    );
    expect(outcomes(report, 'fail')).toEqual([]);
    expect(outcomes(report, 'skipped')).toEqual(expect.arrayContaining(['counts', 'issue-versions', 'included']));
  });
});

describe('an adapter that makes several requests a batch', () => {
  const subject = (requests: Requests | null) => {
    const honest = arraySubject();
    const { adapter } = honest;
    const twice = wrapped(adapter, {
      ...(requests && { entities: withRequests(adapter.entities, requests) }),
      get: async (entity, ids, call) => {
        for (let at = 0; at < ids.length; at += 10) {
          await adapter.get(entity, ids.slice(at, at + 1), call);
          if (call.fields.has('misc')) await adapter.get(entity, ids.slice(at, at + 1), call);
        }
        return adapter.get(entity, ids, call);
      },
    });
    return { ...honest, adapter: twice };
  };

  it('passes where it declares them, and fails where it does not', async () => {
    const declared = { perBatch: 2, forFields: { misc: 1 } };
    const right = await checkConformance(subject(declared), { only: ['capabilities', 'batching'] });
    expect(outcomes(right, 'pass')).toEqual(['capabilities', 'batching']);
    const wrong = await checkConformance(subject(null), { only: ['batching'] });
    expect(wrong.behaviours).toMatchObject([{ outcome: 'fail', evidence: { requests: 6, allowed: 3 } }]);
  });
});

describe('a subject that is opened', () => {
  const module = (served: () => void): AdapterModule<{ readonly url: string }> => ({
    contract: CONTRACT,
    name: 'slow',
    options: z.strictObject({ url: z.string() }),
    defaults: { timeout: 1000, concurrency: 1, rate: 0.01, cacheTtl: 0, staleIfError: 0 },
    create: (_, { upstream }) =>
      new ArrayAdapter({
        documents: knownDocuments(),
        upstream: async (call, request) => {
          served();
          return await upstream(call, request);
        },
      }),
  });

  it('is asked without the rate that its adapter sets for a server that others use', async () => {
    let requests = 0;
    const opened = await openSubject(
      module(() => {
        requests += 1;
      }),
      { url: 'http://localhost' },
    );
    const report = await checkConformance(opened, { only: ['order'], callMs: 2000 });
    await opened.close();
    expect(outcomes(report, 'pass')).toEqual(['order']);
    expect(requests).toBeGreaterThan(3);
  });
});

it('tests in a runner have the time that the suite sets, whatever the runner’s own limit is', () => {
  const limits: (number | undefined)[] = [];
  const runner = {
    describe: (_: string, define: () => void) => define(),
    it: (_: string, __: unknown, timeoutMs?: number) => limits.push(timeoutMs),
    beforeAll: (_: unknown, timeoutMs?: number) => limits.push(timeoutMs),
  };
  const options = { only: ['order', 'paging'], maxMs: 5000, callMs: 100 };
  describeConformance(runner, 'an adapter', async () => arraySubject(), options);
  expect(limits).toEqual([5200, 5200, 5200]);
});

describe('an honest adapter of which nothing is known', () => {
  const live = () => ({ adapter: new ArrayAdapter({ documents: knownDocuments(), maxPage: 25 }) });

  it('passes what can be checked by sampling', async () => {
    const report = await checkConformance(live());
    expect(outcomes(report, 'fail')).toEqual([]);
    expect(outcomes(report, 'skipped')).toEqual(
      expect.arrayContaining(['known-data', 'start-stop', 'batching', 'aliases', 'included']),
    );
    expect(outcomes(report, 'pass')).toEqual(
      expect.arrayContaining([
        'order',
        'paging',
        'filters',
        'related',
        'counts',
        'fields',
        'model',
        'lookup-equals-list',
      ]),
    );
  });

  it('is asked no more calls than it may be', async () => {
    const subject = live();
    const report = await checkConformance(subject, { maxCalls: 60 });
    expect(report.calls).toBeLessThanOrEqual(60);
    expect(subject.adapter.requests).toBeLessThan(400);
    expect(outcomes(report, 'fail')).toEqual([]);
    expect(outcomes(report, 'skipped').length).toBeGreaterThan(5);
  });

  it('is asked no longer than it may be', async () => {
    const slow = { adapter: new ArrayAdapter({ documents: knownDocuments(), latencyMs: 40 }) };
    const start = performance.now();
    const report = await checkConformance(slow, { maxMs: 1500, callMs: 1000 });
    expect(performance.now() - start).toBeLessThan(5000);
    expect(outcomes(report, 'fail')).toEqual([]);
  });

  it('is not blamed for a fault that does not show again', async () => {
    const { adapter } = live();
    let lists = 0;
    const moving = wrapped(adapter, {
      list: async (entity, query, call) => {
        lists += 1;
        const page = await adapter.list(entity, query, call);
        return lists === 1 ? { ...page, items: page.items.toReversed() } : page;
      },
    });
    const report = await checkConformance({ adapter: moving }, { only: ['order'] });
    expect(report.behaviours).toMatchObject([{ outcome: 'skipped', why: expect.stringContaining('once') }]);
  });
});

it('an empty source is checked in what it answers, and nothing of it fails', async () => {
  const report = await checkConformance(arraySubject({ documents: [], aliases: {} }), {
    only: BEHAVIOURS.map(({ name }) => name).filter((name) => name !== 'aliases'),
  });
  expect(outcomes(report, 'fail')).toEqual([]);
  expect(outcomes(report, 'skipped')).toEqual(expect.arrayContaining(['order', 'paging', 'filters', 'related']));
});

describe('the report', () => {
  it('names what failed first, with evidence, and is plain data', async () => {
    const subject = arraySubject({ latencyMs: 0 });
    const faulty = wrapped(subject.adapter, { health: () => Promise.reject(new Error('no route')) });
    const report = await checkConformance({ ...subject, adapter: faulty }, { only: ['health', 'marks', 'aliases'] });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    const lines = renderReport(report).split('\n');
    expect(lines[0]).toMatch(/^FAILED {3}health: /);
    expect(lines.join('\n')).toContain('error: Error: no route');
    expect(lines.at(-2)).toMatch(/^2 passed, 1 failed, 0 skipped; \d+ calls in [\d.]+ s\.$/);
  });

  it('tells of progress before each behaviour', async () => {
    const told: string[] = [];
    const onProgress = (name: string, index: number, count: number) => told.push(`${name} ${index + 1}/${count}`);
    await checkConformance(arraySubject({ latencyMs: 0 }), { only: ['health', 'marks'], onProgress });
    expect(told).toEqual(['health 1/2', 'marks 2/2']);
  });
});
