import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Status } from '../../../adapters/model.ts';
import { countStatuses, summarise } from '../../../gateway/federation/verdict.ts';
import { ArrayAdapter, type ArrayDocument, type ArrayOptions } from '../../support/array-adapter.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { worlds } from '../../support/federated-worlds.ts';
import { test } from '../../support/model-objects.ts';

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

  it('are added where the ids that sources can hold exclude each other, and nothing is read', async () => {
    const { adapters, gateway } = gatewayOf([
      { documents: tests('lab', 3_000), keys: '^lab:' },
      { documents: tests('farm', 3_000), keys: '^(farm|yard):' },
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
    const both = [{ documents: tests('lab', 2_100) }, { documents: tests('lab', 2_100) }];
    const { data, errors, report } = await gatewayOf(both).gateway.ask<Counted>(QUERY);
    expect(data.tests).toEqual({ totalCount: null, statusCounts: null });
    expect(errors).toEqual([]);
    expect(report.extensions.warnings).toEqual([
      expect.objectContaining({ path: ['tests'], extensions: { code: 'SOURCE_TRUNCATED', source: 's0' } }),
    ]);
  });

  it('are read where a source cannot count, up to the bound', async () => {
    const few = await gatewayOf([{ documents: tests('lab', 40), count: null }]).gateway.ask<Counted>(QUERY);
    expect(few.data.tests.totalCount).toBe(40);
    const many = await gatewayOf([{ documents: tests('lab', 2_001), count: null, maxPage: 500 }]).gateway.ask<Counted>(
      QUERY,
    );
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
