import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SourceError } from '../../../adapters/contract/errors.ts';
import type { Status } from '../../../adapters/contract/model.ts';
import { countStatuses, summarise } from '../../../gateway/federation/merge.ts';
import { ArrayAdapter, type ArrayDocument, type ArrayOptions } from '../../support/array-adapter.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { worlds } from '../../support/federated-worlds.ts';
import { issue, test } from '../../support/model-objects.ts';

const QUERY = '{ tests { totalCount statusCounts { pass fail error miss done skip none total status verdict } } }';

function gatewayOf(sources: readonly ArrayOptions[]) {
  const adapters = sources.map((options) => new ArrayAdapter(options));
  const gateway = new FederatedGateway(adapters.map((adapter, index) => ({ name: `s${index}`, adapter })));
  return { adapters, gateway };
}

function tests(prefix: string, count: number): ArrayDocument[] {
  return Array.from({ length: count }, (_, index) => {
    const made = test({ id: `${prefix}:${index}`, status: 'PASS' });
    if (made.entity !== 'test') throw new Error('A test is no test.');
    return made;
  });
}

function failing(document: ArrayDocument): ArrayDocument {
  return document.entity === 'test' ? { ...document, object: { ...document.object, status: 'FAIL' } } : document;
}

interface Counted {
  readonly tests: { readonly totalCount: number | null; readonly statusCounts: object | null };
}

describe('counts', () => {
  it('count an object once that lies in several sources, by its merged status', async () => {
    await fc.assert(
      fc.asyncProperty(worlds(), async (world) => {
        const { data, errors } = await gatewayOf(world.sources).gateway.ask<Counted>(QUERY);
        expect(errors).toEqual([]);
        const statuses = new Map<string, Status | null>();
        for (const { object } of world.documents) {
          const status = 'status' in object ? object.status : null;
          statuses.set(object.id, statuses.get(object.id) ?? status);
        }
        const counts = summarise(countStatuses(statuses.values()));
        expect(data.tests).toEqual({ totalCount: counts.total, statusCounts: counts });
      }),
      { numRuns: 40 },
    );
  });

  it('are by the status that is shown also where the filter fits another copy', async () => {
    const filtered = QUERY.replace('tests {', 'tests(filter: { status: [FAIL, null] }) {');
    const fits = (status: Status | null) => status === 'FAIL' || status === null;
    await fc.assert(
      fc.asyncProperty(worlds(), async (world) => {
        const { data, errors } = await gatewayOf(world.sources).gateway.ask<Counted>(filtered);
        expect(errors).toEqual([]);
        const statuses = new Map<string, Status | null>();
        const fitting = new Set<string>();
        for (const { object } of world.documents) {
          const status = 'status' in object ? object.status : null;
          statuses.set(object.id, statuses.get(object.id) ?? status);
          if (fits(status)) fitting.add(object.id);
        }
        const counts = summarise(countStatuses([...fitting].map((id) => statuses.get(id) ?? null)));
        expect(data.tests).toEqual({ totalCount: counts.total, statusCounts: counts });
      }),
      { numRuns: 40 },
    );
  });

  it('of issues are of the newest version that any source has', async () => {
    const blamed = (version: number, code: boolean): ArrayDocument => {
      const made = issue({ id: 'lab:bug', version, culprit: { code, tool: null, harness: null } });
      if (made.entity !== 'issue') throw new Error('An issue is none.');
      return { ...made, time: `2026-01-0${version}T00:00:00.000000Z` };
    };
    const { gateway } = gatewayOf([
      { documents: [blamed(1, true)] },
      { documents: [blamed(1, true), blamed(2, false)] },
    ]);
    const { data } = await gateway.ask(`{
      isCode: issues(filter: { culprit: { code: true } }) { totalCount nodes { version } }
      isNot: issues(filter: { culprit: { code: false } }) { totalCount nodes { version } }
      wasCode: issues(allVersions: true, filter: { culprit: { code: true } }) { totalCount nodes { version } }
    }`);
    expect(data).toEqual({
      isCode: { totalCount: 0, nodes: [] },
      isNot: { totalCount: 1, nodes: [{ version: 2 }] },
      wasCode: { totalCount: 1, nodes: [{ version: 1 }] },
    });
  });

  it('are null where the copy that decides cannot be had', async () => {
    const { adapters, gateway } = gatewayOf([{ documents: tests('lab', 3) }, { documents: tests('lab', 1) }]);
    const lost = new SourceError('SOURCE_UNAVAILABLE', 'The source is out of order.');
    vi.spyOn(adapters[1]!, 'get').mockRejectedValue(lost);
    const { data, errors } = await gateway.ask<Counted>(
      '{ tests(filter: { status: [PASS] }) { totalCount statusCounts { pass } } }',
    );
    expect(data.tests).toEqual({ totalCount: null, statusCounts: null });
    expect(errors).toHaveLength(1);
  });

  it('are added where the ids that sources can hold exclude each other, and nothing is read', async () => {
    const { adapters, gateway } = gatewayOf([
      { documents: tests('lab', 3_000), keys: { origins: ['lab'] } },
      { documents: tests('farm', 3_000), keys: { origins: ['farm', 'yard'] } },
    ]);
    const { data } = await gateway.ask<Counted>(QUERY);
    expect(data.tests.totalCount).toBe(6_000);
    expect(adapters.map(({ requests }) => requests)).toEqual([1, 1]);
  });

  it('are those of the one source that has anything', async () => {
    const { adapters, gateway } = gatewayOf([{ documents: [] }, { documents: tests('lab', 3_000) }]);
    expect((await gateway.ask<Counted>(QUERY)).data.tests.totalCount).toBe(3_000);
    expect(adapters.map(({ requests }) => requests)).toEqual([1, 1]);
  });

  it('are null with a warning where there are too many to tell those apart that lie in two', async () => {
    const both = [20_100, 20_100].map((count) => ({ documents: tests('lab', count), maxKeys: 1_000, maxPage: 1_000 }));
    const { data, errors, report } = await gatewayOf(both).gateway.ask<Counted>(QUERY);
    expect(data.tests).toEqual({ totalCount: null, statusCounts: null });
    expect(errors).toEqual([]);
    expect(report.extensions.warnings).toEqual([
      expect.objectContaining({ path: ['tests'], extensions: { code: 'SOURCE_TRUNCATED', source: 's1' } }),
    ]);
  });

  it('of the largest source are corrected by what the others have too', async () => {
    const large = tests('lab', 2_500);
    const failed = tests('lab', 1_600).map((one) => failing(one));
    const { gateway } = gatewayOf([
      { documents: [...failed.slice(0, 900), ...tests('far', 400)], maxKeys: 1_000 },
      { documents: large, maxKeys: 1_000 },
      { documents: failed.slice(800), maxKeys: 1_000, count: null },
    ]);
    const { data, report } = await gateway.ask<Counted>(QUERY);
    expect(report.extensions.warnings ?? []).toEqual([]);
    // Of copies that differ the first by priority counts: the third source comes after the one that says PASS.
    const expected = { total: 2_900, fail: 900, pass: 2_000 };
    expect(data.tests).toMatchObject({ totalCount: 2_900, statusCounts: expected });
  });

  it('are read where a source cannot count, up to the bound', async () => {
    const few = await gatewayOf([{ documents: tests('lab', 40), count: null }]).gateway.ask<Counted>(QUERY);
    expect(few.data.tests.totalCount).toBe(40);
    const options = { documents: tests('lab', 20_001), count: null, maxPage: 1_000 } as const;
    const many = await gatewayOf([options]).gateway.ask<Counted>(QUERY);
    expect(many.data.tests.totalCount).toBeNull();
    expect(many.report.extensions.warnings).toHaveLength(1);
  });
});

describe('the status of a group', () => {
  it.each<[readonly (Status | null)[], Status | null, string]>([
    [[], null, 'INCONCLUSIVE'],
    [[null], null, 'INCONCLUSIVE'],
    [[null, 'PASS'], 'PASS', 'PASS'],
    [['SKIP', 'DONE', 'PASS'], 'PASS', 'PASS'],
    [['DONE', 'SKIP'], 'DONE', 'INCONCLUSIVE'],
    [['PASS', 'MISS'], 'MISS', 'INCONCLUSIVE'],
    [['MISS', 'ERROR'], 'ERROR', 'INCONCLUSIVE'],
    [['ERROR', 'FAIL', 'PASS'], 'FAIL', 'FAIL'],
  ])('of %j is %s, folded %s', (statuses, status, verdict) => {
    expect(summarise(countStatuses(statuses))).toMatchObject({ status, verdict });
  });
});
