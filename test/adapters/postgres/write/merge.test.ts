import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../adapters/contract/model.ts';
import { sameJson } from '../../../../adapters/kit/json/json-values.ts';
import { EXCERPT, TABLES } from '../../../../adapters/postgres/columns.ts';
import { type MergedReports, mergeReports } from '../../../../adapters/postgres/write/merge.ts';
import type { Row } from '../../../../adapters/postgres/write/rows.ts';

const COLUMNS = [...TABLES.test.columns, EXCERPT];
const base: Row = { id: 'maestro:1', origin: 'maestro', build_id: 'maestro:b' };
const plain = (row: Row): Json => JSON.parse(JSON.stringify(row));
const merge = (shown: Row, later: Row) => mergeReports(COLUMNS, { ...base, ...shown }, [{ ...base, ...later }]);
const claimed = ({ claims }: MergedReports) => claims.map(({ field, value }) => [field, value]);
const claimedBy = ({ claims }: MergedReports) => claims.map(({ field, value, origin }) => [field, value, origin]);

describe('a later report of the same origin', () => {
  it('fills a field that is missing', () => {
    const merged = merge({}, { status: 'PASS' });
    expect(merged.row).toMatchObject({ status: 'PASS' });
    expect(merged).toMatchObject({ changed: true, claims: [] });
  });

  it('does not change a field that is there, and is kept as a difference', () => {
    const merged = merge({ status: 'PASS', comment: 'quick' }, { status: 'FAIL', comment: 'slow' });
    expect(merged.row).toMatchObject({ status: 'PASS', comment: 'quick' });
    expect(claimed(merged)).toEqual([
      ['comment', 'slow'],
      ['status', 'FAIL'],
    ]);
  });

  it.each([
    ['a text', { comment: '', log_excerpt: '' }, { comment: 'v1', log_excerpt: 'error' }],
    ['a text of an environment', { environment_comment: '' }, { environment_comment: 'rack' }],
    ['a key of misc', { misc: { lab: '' } }, { misc: { lab: 'a' } }],
    ['a list', { output_files: [] }, { output_files: [{ name: 'log', url: 'https://a/' }] }],
  ])('says nothing by %s that is empty, in either order', (_, empty, full) => {
    for (const [shown, later] of [
      [empty, full],
      [full, empty],
    ] as const) {
      const merged = merge(shown, later);
      expect(merged.row).toEqual({ ...base, ...full });
      expect(merged.claims).toEqual([]);
    }
    expect(merge({}, empty).row).toEqual({ ...base, ...empty });
    expect(merge(empty, {}).row).toEqual({ ...base, ...empty });
  });

  it('never takes a value away', () => {
    expect(merge({ status: 'PASS', misc: { a: 1 } }, {}).row).toMatchObject({ status: 'PASS', misc: { a: 1 } });
    expect(merge({ misc: { a: 1 } }, { misc: { a: null } })).toMatchObject({ row: { misc: { a: 1 } }, claims: [] });
  });

  it('merges misc key by key, one level deep', () => {
    const merged = merge(
      { misc: { lab: 'a', deep: { x: 1 }, none: null }, environment_misc: { platform: 'p' } },
      { misc: { lab: 'b', deep: { x: 1, y: 2 }, none: 1, more: [1] }, environment_misc: { job: 7 } },
    );
    expect(merged.row).toMatchObject({
      misc: { lab: 'a', deep: { x: 1 }, none: 1, more: [1] },
      environment_misc: { platform: 'p', job: 7 },
    });
    expect(claimed(merged)).toEqual([
      ['misc.lab', 'b'],
      ['misc.deep', { x: 1, y: 2 }],
    ]);
  });

  it('keeps a key named __proto__ as any other', () => {
    const later: Row = { misc: JSON.parse('{"__proto__": {"x": 1}}') };
    const { row } = merge({ misc: { a: 1 } }, later);
    expect(JSON.stringify(row.misc)).toBe('{"a":1,"__proto__":{"x":1}}');
  });

  it('takes lists whole', () => {
    const one = [{ name: 'log', url: 'https://a/' }];
    const two = [{ name: 'log', url: 'https://b/' }];
    const merged = merge({ output_files: one }, { output_files: two });
    expect(merged.row).toMatchObject({ output_files: one });
    expect(claimed(merged)).toEqual([['outputFiles', two]]);
  });

  it('adds that an environment was sent without any field', () => {
    expect(merge({}, { environment_present: true }).row).toMatchObject({ environment_present: true });
    expect(merge({ environment_present: true }, { environment_present: true }).changed).toBe(false);
  });
});

describe("a report of another origin's object", () => {
  const theirs: Row = {
    ...base,
    origin: 'redhat',
    status: 'FAIL',
    comment: '',
    output_files: [],
    misc: { lab: 'a', none: null, empty: '' },
    environment_present: true,
    environment_comment: 'rack',
  };
  const said = [
    ['origin', 'redhat'],
    ['misc.lab', 'a'],
    ['status', 'FAIL'],
    ['buildId', 'maestro:b'],
    ['environment.comment', 'rack'],
  ];

  it('changes no field, and all that it says is kept', () => {
    const shown = { ...base, status: 'PASS' };
    const merged = mergeReports(COLUMNS, shown, [theirs]);
    expect(merged.row).toBe(shown);
    expect(claimed(merged)).toEqual(said);
  });

  it('is shown until the owner reports, who takes its place with all that it says', () => {
    const owners = { ...base, comment: 'mine' };
    for (const merged of [
      mergeReports(COLUMNS, theirs, [owners]),
      mergeReports(COLUMNS, null, [theirs, owners]),
      mergeReports(COLUMNS, null, [owners, theirs]),
    ]) {
      expect(merged.row).toEqual(owners);
      expect(claimed(merged)).toEqual(said);
    }
  });

  it('is not changed by a third origin', () => {
    const merged = mergeReports(COLUMNS, theirs, [{ ...base, origin: 'arm', status: 'PASS' }]);
    expect(merged.row).toBe(theirs);
    expect(claimedBy(merged)).toContainEqual(['status', 'PASS', 'arm']);
  });
});

describe('several reports', () => {
  const value = fc.option(fc.constantFrom('PASS', 'FAIL', ''), { nil: undefined });
  const list = fc.option(
    fc.array(fc.record({ name: fc.constantFrom('a', 'b'), url: fc.constant('https://a/') }), { maxLength: 2 }),
    { nil: undefined },
  );
  const misc = fc.option(
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 2 }),
    { nil: undefined },
  );
  const reportOf = (...origins: readonly string[]) =>
    fc
      .record({
        status: value,
        comment: value,
        log_excerpt: value,
        environment_present: fc.constantFrom(true, undefined),
        duration: fc.option(fc.oneof(fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true })), {
          nil: undefined,
        }),
        output_files: list,
        misc,
        origin: fc.constantFrom(...origins),
      })
      // As it arrives: through JSON.
      .map((fields): Row => JSON.parse(JSON.stringify({ ...base, ...fields })));
  const report = reportOf('maestro', 'redhat', 'arm');
  const owners = reportOf('maestro');
  const some = (more: fc.Arbitrary<Row>, maxLength: number) => fc.array(more, { maxLength });
  const mergeAll = ([first, ...later]: readonly Row[]) => {
    if (first === undefined) throw new Error('There is no report.');
    return mergeReports(COLUMNS, null, [first, ...later]);
  };

  it('change nothing when they come again', () => {
    fc.assert(
      fc.property(report, some(report, 5), (first, later) => {
        const once = mergeReports(COLUMNS, null, [first, ...later]);
        const again = mergeReports(COLUMNS, once.row, [first, ...later]);
        expect(again.changed).toBe(false);
        expect(sameJson(plain(again.row), plain(once.row))).toBe(true);
        const known = new Set(claimedBy(once).map((claim) => JSON.stringify(claim)));
        for (const claim of claimedBy(again)) expect(known).toContain(JSON.stringify(claim));
      }),
      { numRuns: 500 },
    );
  });

  it("end as the owner's alone, wherever those of others are placed and however often they are repeated", () => {
    const placed = fc.tuple(fc.array(owners, { minLength: 1, maxLength: 4 }), some(reportOf('redhat', 'arm'), 5));
    fc.assert(
      fc.property(placed, fc.infiniteStream(fc.nat()), ([own, others], places) => {
        const mixed = [...own];
        // Among the owner's reports, which keep their order.
        for (const other of [...others, ...others]) {
          mixed.splice((places.next().value ?? 0) % (mixed.length + 1), 0, other);
        }
        const merged = mergeAll(mixed);
        expect(merged.row).toEqual(mergeAll(own).row);
        // What the others say is known whenever they said it.
        const sorted = (all: MergedReports) =>
          claimedBy(all)
            .map((claim) => JSON.stringify(claim))
            .sort();
        expect(sorted(merged)).toEqual(sorted(mergeAll([...own, ...others])));
      }),
      { numRuns: 500 },
    );
  });

  it('never erase, and never change what was said first', () => {
    fc.assert(
      fc.property(owners, some(owners, 5), (first, later) => {
        const { row } = mergeAll([first, ...later]);
        for (const name of ['origin', 'status', 'comment', 'duration'] as const) {
          if (first[name] != null && first[name] !== '') expect(row[name]).toEqual(first[name]);
        }
      }),
    );
  });

  it('merge in parts as they do at once', () => {
    fc.assert(
      fc.property(report, some(report, 6), fc.nat(6), (first, later, cut) => {
        const part = mergeAll([first, ...later.slice(0, cut)]);
        const [next, ...rest] = later.slice(cut);
        if (next === undefined) return;
        expect(mergeReports(COLUMNS, part.row, [next, ...rest]).row).toEqual(mergeAll([first, ...later]).row);
      }),
    );
  });
});
