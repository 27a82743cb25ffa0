import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type AdapterModule, CONTRACT, type Page, type Requests } from '../../../../adapters/contract/adapter.ts';
import { SourceError } from '../../../../adapters/contract/errors.ts';
import type { StatusCounts } from '../../../../adapters/contract/model.ts';
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

describe('counts of what cannot be listed', () => {
  const subject = (more: Partial<StatusCounts>) => {
    const { adapter, ...about } = arraySubject();
    const { list: _list, ...test } = { ...adapter.entities.test, freshnessMs: 0 };
    const { list: _below, ...testsOfBuild } = { maxParents: 10, ...adapter.relations.testsOfBuild };
    const { list: _direct, ...testsOfCheckout } = { maxParents: 10, ...adapter.relations.testsOfCheckout };
    const counting = wrapped(adapter, {
      entities: { ...adapter.entities, test },
      relations: { ...adapter.relations, testsOfBuild, testsOfCheckout },
      count: async (asked, call) => {
        const counts = await adapter.count(asked, call);
        if (!('relation' in asked) || asked.relation !== 'testsOfBuild') return counts;
        return new Map(
          [...counts].map(([key, one]) => [
            key,
            one instanceof Error
              ? one
              : { ...one, total: one.total + (more.total ?? 0), pass: one.pass + (more.pass ?? 0) },
          ]),
        );
      },
    });
    return { ...about, adapter: counting };
  };
  const only = ['capabilities', 'counts', 'batching', 'known-data'];

  it('are checked against what is known', async () => {
    const report = await checkConformance(subject({}), { only });
    expect(outcomes(report, 'pass')).toEqual(['capabilities', 'known-data', 'counts', 'batching']);
    const wrong = await checkConformance(subject({ total: 1, pass: 1 }), { only });
    expect(outcomes(wrong, 'fail')).toEqual(['counts']);
    expect(renderReport(wrong)).toContain('testsOfBuild: The count differs from what is listed.');
  });

  it('are held to their own sum where nothing is known', async () => {
    const { known: _known, children: _children, ...live } = subject({ total: 1 });
    const report = await checkConformance(live, { only: ['counts'] });
    expect(renderReport(report)).toContain('testsOfBuild: The counts by status are not the total together.');
    const { known: _all, children: _given, ...honest } = subject({});
    const fine = await checkConformance(honest, { only: ['counts'] });
    expect(renderReport(fine)).toContain('only the sum of the statuses was checked.');
    expect(outcomes(fine, 'fail')).toEqual([]);
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

describe('an adapter whose index is still filling', () => {
  /** It has listed and related the first objects by now; `fill` lets it reach the others. */
  const filling = () => {
    const whole = arraySubject({ paging: 'offset', count: null });
    const { adapter } = whole;
    let isFull = false;
    const cut = <T>(page: Page<T>): Page<T> =>
      isFull ? page : { items: page.items.slice(0, 2), hasMore: true, pending: true };
    const subject = {
      ...whole,
      adapter: wrapped(adapter, {
        list: async (entity, query, call) => {
          if (isFull) return adapter.list(entity, query, call);
          if (query.after !== null) return { items: [], hasMore: true, pending: true };
          const { total, ...page } = await adapter.list(entity, query, call);
          return cut(page);
        },
        related: async (relation, parents, query, call) => {
          const pages = await adapter.related(relation, parents, query, call);
          if (query.after !== null && !isFull) {
            return new Map(parents.map((parent) => [parent, { items: [], hasMore: true, pending: true as const }]));
          }
          return new Map([...pages].map(([parent, page]) => [parent, 'items' in page ? cut(page) : page]));
        },
      }),
    };
    return { subject, fill: () => (isFull = true) };
  };

  it('is not blamed for what it has not reached yet, and the report says so', async () => {
    const report = await checkConformance(filling().subject, { maxMs: 60_000 });
    expect(report.behaviours.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(report.pending).toEqual(expect.arrayContaining(['list(checkout)', 'list(test)', 'testsOfBuild']));
    expect(renderReport(report)).toContain('The index of the source is still filling (list(checkout), ');
  });

  it('is checked again when it is full, where the check is to wait', async () => {
    const { subject, fill } = filling();
    const waits: (readonly string[])[] = [];
    const report = await checkConformance(subject, {
      only: ['known-data', 'paging'],
      wait: true,
      pollMs: 10,
      onWait: (calls) => {
        waits.push(calls);
        setTimeout(fill, 50);
      },
    });
    expect(waits).toEqual([['list(checkout)', 'list(build)', 'list(test)', 'list(issue)', 'list(incident)']]);
    expect(report.pending).toEqual([]);
    expect(outcomes(report, 'pass')).toEqual(['known-data', 'paging']);
  });
});

describe('the report', () => {
  const bad = (id: string) => new SourceError('SOURCE_BAD_DATA', `Build ${id} has no checkout.`, { id });

  it('counts the records that were refused, each once, and quotes the first', async () => {
    const { adapter, ...about } = arraySubject();
    const some = wrapped(adapter, {
      list: (entity, query, call) => {
        for (let number = 0; number < 1092; number++) call.warn(bad(`lab:${number}`));
        return adapter.list(entity, query, call);
      },
    });
    const report = await checkConformance({ ...about, adapter: some }, { only: ['order', 'refused-records'] });
    expect(report.refused).toBe('1,092 records refused: Build lab:0 has no checkout.');
    expect(renderReport(report)).toContain('\n1,092 records refused: Build lab:0 has no checkout.\n');
    expect(outcomes(report, 'fail')).toEqual(['refused-records']);
  });

  it('does not count a record of which only a field is bad', async () => {
    const { adapter, ...about } = arraySubject();
    const some = wrapped(adapter, {
      list: async (entity, query, call) => {
        const page = await adapter.list(entity, query, call);
        for (const { object } of page.items) call.warn(bad(object.id.slice(object.id.indexOf(':') + 1)));
        return page;
      },
    });
    const report = await checkConformance({ ...about, adapter: some }, { only: ['order', 'refused-records'] });
    expect(report).toMatchObject({ refused: null, ok: true });
  });

  it('prints the error under a key, and names one fault', async () => {
    const { adapter, ...about } = arraySubject();
    const isBroken = (key: string) => key.includes('\0') || key.endsWith('3');
    const some = wrapped(adapter, {
      get: async (entity, ids, call) => {
        const found = await adapter.get(entity, ids, call);
        return new Map([...found, ...ids.filter(isBroken).map((id) => [id, bad(id)] as const)]);
      },
    });
    const report = await checkConformance({ ...about, adapter: some }, { only: ['known-data', 'hostile-keys'] });
    expect(report.behaviours).toMatchObject([
      {
        reason: expect.stringContaining('There is an error for a known object.'),
        evidence: { error: expect.stringMatching(/^SourceError: Build .*3 has no checkout\.$/) },
      },
      {
        reason: expect.stringContaining('There is an error for such a key.'),
        evidence: { error: expect.stringMatching(/^SourceError: Build /) },
      },
    ]);
  });

  it('prints each reason for which something was skipped, with all that it holds for', async () => {
    const report = await checkConformance(arraySubject({ documents: [], aliases: {} }), { only: ['order', 'paging'] });
    const text = renderReport(report);
    expect(text).toContain(
      'checkout NEWEST, checkout OLDEST, build NEWEST, build OLDEST and 6 more: There are fewer than',
    );
    expect(text).toContain('and 6 more: There is nothing in the list.');
  });

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
