import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../adapters/model.ts';
import { mergeRow } from '../../../adapters/postgres/merge.ts';
import { mergeReports } from '../../../adapters/postgres/merge-reports.ts';
import { sameJson } from '../../../adapters/kit/same-json.ts';
import { EXCERPT, STORED } from '../../../adapters/postgres/stored-columns.ts';
import type { Row } from '../../../adapters/postgres/to-row.ts';

const COLUMNS = [...STORED.test.columns, EXCERPT];
const base: Row = { id: 'maestro:1', origin: 'maestro', build_id: 'maestro:b' };
const plain = (row: Row): Json => JSON.parse(JSON.stringify(row));
const merge = (shown: Row, later: Row) => mergeRow(COLUMNS, { ...base, ...shown }, { ...base, ...later });

describe('a later report of the same origin', () => {
  it('fills a field that is missing', () => {
    const { row, filled, differing } = merge({}, { status: 'PASS' });
    expect(row).toMatchObject({ status: 'PASS' });
    expect(filled).toEqual([{ field: 'status', value: 'PASS', fills: true }]);
    expect(differing).toEqual([]);
  });

  it('does not change a field that is there, and is kept as a difference', () => {
    const { row, differing } = merge({ status: 'PASS', comment: '' }, { status: 'FAIL', comment: 'slow' });
    expect(row).toMatchObject({ status: 'PASS', comment: '' });
    expect(differing.map(({ field, value }) => [field, value])).toEqual([
      ['comment', 'slow'],
      ['status', 'FAIL'],
    ]);
  });

  it('never takes a value away', () => {
    expect(merge({ status: 'PASS', misc: { a: 1 } }, {}).row).toMatchObject({ status: 'PASS', misc: { a: 1 } });
    expect(merge({ misc: { a: 1 } }, { misc: { a: null } })).toMatchObject({ row: { misc: { a: 1 } }, differing: [] });
  });

  it('merges misc key by key, one level deep', () => {
    const { row, differing } = merge(
      { misc: { lab: 'a', deep: { x: 1 }, none: null }, environment_misc: { platform: 'p' } },
      { misc: { lab: 'b', deep: { x: 1, y: 2 }, none: 1, more: [1] }, environment_misc: { job: 7 } },
    );
    expect(row).toMatchObject({
      misc: { lab: 'a', deep: { x: 1 }, none: 1, more: [1] },
      environment_misc: { platform: 'p', job: 7 },
    });
    expect(differing.map(({ field, value }) => [field, value])).toEqual([
      ['misc.lab', 'b'],
      ['misc.deep', { x: 1, y: 2 }],
    ]);
  });

  it('keeps a key named __proto__ as any other', () => {
    const later: Row = { misc: JSON.parse('{"__proto__": {"x": 1}}') };
    const { row } = merge({ misc: { a: 1 } }, later);
    expect(JSON.stringify(row.misc)).toBe('{"a":1,"__proto__":{"x":1}}');
  });

  it('takes lists whole, the first that is not empty', () => {
    const one = [{ name: 'log', url: 'https://a/' }];
    const two = [{ name: 'log', url: 'https://b/' }];
    expect(merge({ output_files: [] }, { output_files: one }).row).toMatchObject({ output_files: one });
    expect(merge({ output_files: one }, { output_files: [] }).differing).toEqual([]);
    expect(merge({ output_files: one }, { output_files: two })).toMatchObject({
      row: { output_files: one },
      differing: [{ field: 'outputFiles', value: two }],
    });
  });

  it('adds that an environment was sent without any field', () => {
    expect(merge({}, { environment_present: true }).row).toMatchObject({ environment_present: true });
    expect(merge({ environment_present: true }, { environment_present: true }).filled).toEqual([]);
  });
});

describe("a report of another origin's object", () => {
  it('changes no field, and each of its differing fields is kept', () => {
    const shown = { ...base, status: 'PASS', output_files: [] };
    const later: Row = {
      ...base,
      origin: 'redhat',
      status: 'FAIL',
      comment: 'x',
      misc: { lab: 'a' },
      environment_present: true,
      environment_comment: 'rack',
    };
    const { row, filled, differing } = mergeRow(COLUMNS, shown, later);
    expect(row).toBe(shown);
    expect(filled).toEqual([]);
    expect(differing.map(({ field, value }) => [field, value])).toEqual([
      ['origin', 'redhat'],
      ['comment', 'x'],
      ['status', 'FAIL'],
      ['environment.comment', 'rack'],
      ['misc.lab', 'a'],
    ]);
  });

  it('says of an empty environment only that it was sent', () => {
    const { differing } = mergeRow(COLUMNS, base, { ...base, origin: 'redhat', environment_present: true });
    expect(differing.map(({ field, value }) => [field, value])).toEqual([
      ['origin', 'redhat'],
      ['environment', {}],
    ]);
  });
});

describe('several reports', () => {
  it('end as what the object shows, and every other value is a conflict of its origin', () => {
    const merged = mergeReports(COLUMNS, base, [
      { ...base, origin: 'redhat', comment: 'same' },
      { ...base, comment: 'same', status: 'PASS' },
      { ...base, status: 'FAIL' },
    ]);
    expect(merged.row).toEqual({ ...base, comment: 'same', status: 'PASS' });
    expect(merged.conflicts.map(({ field, value, origin }) => [field, value, origin])).toEqual([
      ['origin', 'redhat', 'redhat'],
      ['status', 'FAIL', 'maestro'],
    ]);
  });

  const value = fc.option(fc.constantFrom('PASS', 'FAIL', ''), { nil: undefined });
  const list = fc.option(
    fc.array(fc.record({ name: fc.constantFrom('a', 'b'), url: fc.constant('https://a/') }), { maxLength: 2 }),
    {
      nil: undefined,
    },
  );
  const misc = fc.option(
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 2 }),
    {
      nil: undefined,
    },
  );
  const report = fc
    .record({
      status: value,
      comment: value,
      duration: fc.option(fc.oneof(fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true })), {
        nil: undefined,
      }),
    })
    .chain((fields) =>
      fc.record({ output_files: list, misc, origin: fc.constantFrom('maestro', 'redhat') }).map((more): Row => {
        const { misc: given, ...rest } = more;
        // As it arrives: through JSON.
        return JSON.parse(JSON.stringify({ ...base, ...fields, ...rest, misc: given }));
      }),
    );

  it('change nothing when they come again', () => {
    fc.assert(
      fc.property(fc.array(report, { minLength: 1, maxLength: 6 }), ([first, ...later]) => {
        const once = mergeReports(COLUMNS, first ?? base, later);
        const again = mergeReports(COLUMNS, once.row, [first ?? base, ...later]);
        expect(again.changed).toBe(false);
        expect(sameJson(plain(again.row), plain(once.row))).toBe(true);
        const known = new Set(once.conflicts.map(({ field, value, origin }) => JSON.stringify([field, value, origin])));
        for (const { field, value, origin } of again.conflicts)
          expect(known).toContain(JSON.stringify([field, value, origin]));
      }),
      { numRuns: 500 },
    );
  });

  it('never erase, and never change what was said first', () => {
    fc.assert(
      fc.property(report, fc.array(report, { maxLength: 5 }), (first, later) => {
        const { row } = mergeReports(COLUMNS, first, later);
        for (const name of ['origin', 'status', 'comment', 'duration'] as const) {
          if (first[name] != null) expect(row[name]).toEqual(first[name]);
        }
      }),
    );
  });

  it('merge in parts as they do at once', () => {
    fc.assert(
      fc.property(report, fc.array(report, { maxLength: 6 }), fc.nat(6), (first, later, cut) => {
        const whole = mergeReports(COLUMNS, first, later);
        const part = mergeReports(COLUMNS, first, later.slice(0, cut));
        expect(mergeReports(COLUMNS, part.row, later.slice(cut)).row).toEqual(whole.row);
      }),
    );
  });
});
