import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Environment, Test } from '../../../adapters/contract/model.ts';
import { ArrayAdapter, type ArrayDocument } from '../../support/array-adapter.ts';
import { FederatedGateway } from '../../support/federated-gateway.ts';
import { test } from '../../support/model-objects.ts';

const ID = 'lab:t';
const QUERY = `{ test(id: "${ID}") {
  origin path comment status verdict duration number { value unit } environment { comment compatible misc } misc sources
} }`;
const WITH_CONFLICTS = `{ test(id: "${ID}") {
  comment conflicts { field values { value source origin at } }
} }`;

function copyOf(given: Partial<Test>): ArrayDocument {
  const made = test({ ...given, id: ID });
  if (made.entity !== 'test') throw new Error('A test is no test.');
  return made;
}

function environment(given: Partial<Environment>): Environment {
  return { comment: null, compatible: null, misc: null, ...given };
}

function gatewayOf(...copies: readonly Partial<Test>[]): FederatedGateway {
  const adapters = copies.map((given) => new ArrayAdapter({ documents: [copyOf(given)] }));
  return new FederatedGateway(adapters.map((adapter, index) => ({ name: `s${index}`, adapter })));
}

interface Shown {
  readonly test: Record<string, unknown>;
}

describe('copies of one object', () => {
  it('merge field by field, the first that is not null winning, and name their sources', async () => {
    const number = { value: 5, unit: 's', prefix: null };
    const gateway = gatewayOf(
      {
        path: 'ltp',
        status: null,
        environment: { comment: null, compatible: null, misc: { platform: 'rpi4', a: null } },
      },
      { path: 'other', status: 'FAIL', number, environment: { comment: 'board', compatible: [], misc: { a: 1 } } },
      { comment: 'third', status: 'PASS', number: { value: 9, unit: 'm', prefix: null }, misc: { k: 1 } },
    );
    const { data, errors } = await gateway.ask<Shown>(QUERY);
    expect(errors).toEqual([]);
    expect(data.test).toEqual({
      origin: 'lab',
      path: 'ltp',
      comment: 'third',
      status: 'FAIL',
      verdict: 'FAIL',
      duration: null,
      number: { value: 5, unit: 's' },
      environment: { comment: 'board', compatible: [], misc: { platform: 'rpi4', a: 1 } },
      misc: { k: 1 },
      sources: ['s0', 's1', 's2'],
    });
  });

  it('follow the priority of their sources, and in ties the order of the configuration', async () => {
    const [low, high] = [
      new ArrayAdapter({ documents: [copyOf({ comment: 'low' })] }),
      new ArrayAdapter({ documents: [copyOf({ comment: 'high' })] }),
    ];
    const gateway = new FederatedGateway([
      { name: 'low', adapter: low },
      { name: 'high', adapter: high, priority: 1 },
    ]);
    const { data } = await gateway.ask<Shown>('{ test(id: "lab:t") { comment sources } }');
    expect(data.test).toEqual({ comment: 'high', sources: ['high', 'low'] });
  });

  it('begin with those of the origin that the id names, whatever the priority of their sources', async () => {
    const gateway = gatewayOf(
      { origin: 'other', path: 'theirs', comment: 'theirs', status: 'PASS', misc: { lab: 'theirs', more: 1 } },
      { path: 'mine', status: 'FAIL', misc: { lab: 'mine' } },
    );
    const { data } = await gateway.ask<Shown>(QUERY);
    expect(data.test).toMatchObject({ origin: 'lab', path: 'mine', status: 'FAIL', verdict: 'FAIL' });
    // What the owner does not say, another source may.
    expect(data.test).toMatchObject({ comment: 'theirs', misc: { lab: 'mine', more: 1 }, sources: ['s0', 's1'] });
    const { data: shown } = await gateway.ask<Shown>(WITH_CONFLICTS);
    expect(shown.test.conflicts).toContainEqual({
      field: 'status',
      values: [
        { value: 'FAIL', source: 's1', origin: 'lab', at: null },
        { value: 'PASS', source: 's0', origin: 'other', at: null },
      ],
    });
    const counted = await gateway.ask<{ tests: object }>('{ tests { totalCount statusCounts { fail pass } } }');
    expect(counted.data.tests).toEqual({ totalCount: 1, statusCounts: { fail: 1, pass: 0 } });
  });

  const log = [{ name: 'log', url: 'https://a/' }];
  it.each([
    ['an empty text', { comment: '' }, { comment: 'full' }],
    [
      'an empty text of an environment',
      { environment: environment({ comment: '' }) },
      { environment: environment({ comment: 'full' }) },
    ],
    ['an empty text in misc', { misc: { lab: '' } }, { misc: { lab: 'full' } }],
    ['an empty list of files', { outputFiles: [] }, { outputFiles: log }],
    [
      'an empty list of an environment',
      { environment: environment({ compatible: [] }) },
      { environment: environment({ compatible: ['a'] }) },
    ],
  ])('say nothing by %s, in either order, and it is no conflict', async (_, empty, full) => {
    const query = `{ test(id: "${ID}") {
      comment outputFiles { name url } environment { comment compatible misc } misc conflicts { field } } }`;
    const { data: wanted } = await gatewayOf(full).ask<Shown>(query);
    for (const copies of [
      [empty, full],
      [full, empty],
      [{}, empty, full],
    ]) {
      expect((await gatewayOf(...copies).ask<Shown>(query)).data).toEqual(wanted);
    }
  });

  it('keep an empty list in misc, which is a value like any other', async () => {
    const gateway = gatewayOf({ misc: { found: [] } }, { misc: { found: [1] } });
    const { data } = await gateway.ask<Shown>(`{ test(id: "${ID}") { misc conflicts { field } } }`);
    expect(data.test).toEqual({ misc: { found: [] }, conflicts: [{ field: 'misc.found' }] });
  });

  it('show what a copy says before what its source only keeps as a conflict', async () => {
    const values = [
      { value: null, source: null, origin: 'lab', at: null },
      { value: 'theirs', source: null, origin: 'other', at: '2026-01-01T00:00:00.000000Z' },
    ];
    const gateway = gatewayOf({ conflicts: [{ field: 'comment', values }] }, { comment: 'shown' });
    const { data } = await gateway.ask<Shown>(WITH_CONFLICTS);
    expect(data.test).toEqual({
      comment: 'shown',
      conflicts: [
        {
          field: 'comment',
          values: [
            { value: 'shown', source: 's1', origin: 'lab', at: null },
            { value: 'theirs', source: 's0', origin: 'other', at: '2026-01-01T00:00:00.000000Z' },
          ],
        },
      ],
    });
  });

  it('show on which fields they differ, the value that is shown first, and none where they agree', async () => {
    const own = [
      {
        field: 'misc.lab',
        values: [
          { value: 'a', source: null, origin: 'lab', at: null },
          { value: 'b', source: null, origin: 'other', at: '2026-01-01T00:00:00.000000Z' },
        ],
      },
    ];
    const gateway = gatewayOf(
      { comment: 'one', status: 'PASS', misc: { lab: 'a' }, conflicts: own },
      { comment: 'two', status: 'PASS', misc: { lab: 'a', more: 1 } },
    );
    const { data } = await gateway.ask<Shown>(WITH_CONFLICTS);
    const plain = { origin: 'lab', at: null };
    expect(data.test.conflicts).toEqual([
      {
        field: 'comment',
        values: [
          { value: 'one', source: 's0', ...plain },
          { value: 'two', source: 's1', ...plain },
        ],
      },
      {
        field: 'misc.lab',
        values: [
          { value: 'a', source: 's0', ...plain },
          { value: 'b', source: 's0', origin: 'other', at: '2026-01-01T00:00:00.000000Z' },
          { value: 'a', source: 's1', ...plain },
        ],
      },
    ]);
  });

  it('compare every field where conflicts are selected, though nothing else is', async () => {
    const gateway = gatewayOf({ path: 'a', duration: 1 }, { path: 'b', duration: 1 });
    const { data } = await gateway.ask<{ test: { conflicts: unknown[] } }>(
      '{ test(id: "lab:t") { conflicts { field } } }',
    );
    expect(data.test.conflicts).toEqual([{ field: 'path' }]);
  });

  it('keep keys that an object of JavaScript would swallow', async () => {
    const misc = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}');
    const { data } = await gatewayOf({ misc: { a: 1 } }, { misc }).ask<Shown>('{ test(id: "lab:t") { misc } }');
    expect(JSON.stringify(data.test.misc)).toBe('{"a":1,"__proto__":{"x":1},"constructor":2}');
  });

  it('never change what an adapter gave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 2, maxLength: 3 }),
        async (miscs) => {
          const copies = miscs.map((misc) => ({ misc: JSON.parse(JSON.stringify(misc)) }));
          const before = JSON.stringify(copies);
          await gatewayOf(...copies).ask(`{ test(id: "${ID}") { misc conflicts { field } } }`);
          expect(JSON.stringify(copies)).toBe(before);
        },
      ),
      { numRuns: 30 },
    );
  });
});
