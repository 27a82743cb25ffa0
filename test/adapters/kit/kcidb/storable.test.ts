import { describe, expect, it } from 'vitest';
import { MAX_NESTING, storableFaults } from '../../../../adapters/kit/kcidb/storable.ts';

/** A list in a list in a list ..., `levels` of them. */
function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

describe('what can be stored', () => {
  it('is found in plain data of any kind', () => {
    const value = { a: ['x', 1, null, true, { ключ: '😀' }], b: { c: -0, d: 1e308 } };
    expect(storableFaults(value, ['tests', 0], 100)).toEqual([]);
  });

  it('excludes a NUL in a string and in a key, wherever they lie', () => {
    const faults = storableFaults({ misc: { list: [{ a: 'x\0y' }], 'k\0': 1 } }, ['tests', 3], 100);
    expect(faults.map(({ path, rule }) => [path, rule])).toEqual([
      ['/tests/3/misc/k\\u0000', 'storable'],
      ['/tests/3/misc/list/0/a', 'storable'],
    ]);
    expect(faults[1]).toMatchObject({ value: 'x\\u0000y', message: expect.stringContaining('U+0000') });
  });

  it('excludes halves of surrogate pairs, not whole ones', () => {
    expect(storableFaults({ a: '\ud83d' }, ['tests', 0], 100)).toHaveLength(1);
    expect(storableFaults({ '\ude00': 1 }, ['tests', 0], 100)).toHaveLength(1);
    expect(storableFaults({ a: '\ud83d\ude00' }, ['tests', 0], 100)).toEqual([]);
  });

  it('excludes numbers that overflowed', () => {
    const faults = storableFaults(JSON.parse('{"a": 1e999, "b": [-1e999], "c": 1e308}'), ['tests', 0], 100);
    expect(faults.map(({ path, value }) => [path, value])).toEqual([
      ['/tests/0/a', 'Infinity'],
      ['/tests/0/b/0', '-Infinity'],
    ]);
  });

  it(`allows ${MAX_NESTING} levels, counted from the document, and not one more`, () => {
    // The document, the list and the object are the first three.
    expect(storableFaults({ misc: nested(MAX_NESTING - 3) }, ['tests', 0], 100)).toEqual([]);
    expect(storableFaults({ misc: nested(MAX_NESTING - 2) }, ['tests', 0], 100)).toHaveLength(1);
  });

  it('survives nesting that no stack would', () => {
    const faults = storableFaults({ misc: nested(1_000_000) }, ['tests', 0], 100);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message).toContain('500');
  });

  it('stops at the number of faults that was asked for', () => {
    expect(storableFaults({ misc: Array.from({ length: 1000 }, () => '\0') }, ['tests', 0], 7)).toHaveLength(7);
  });
});
