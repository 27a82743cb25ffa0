import { describe, expect, it } from 'vitest';
import { modelFaults } from '../../../../adapters/kit/kcidb/faults.ts';
import { fromModel, toModel } from '../../../../adapters/kit/kcidb/model.ts';

const TEST = { id: 'x:t', origin: 'x', build_id: 'x:b' };

describe('to the common model', () => {
  it('absent fields become null', () => {
    const { object } = toModel('tests', TEST);
    expect(object).toEqual({
      id: 'x:t',
      origin: 'x',
      buildId: 'x:b',
      timestamp: null,
      misc: null,
      environment: null,
      path: null,
      comment: null,
      logUrl: null,
      logExcerpt: null,
      status: null,
      number: null,
      startTime: null,
      duration: null,
      inputFiles: null,
      outputFiles: null,
    });
  });

  it('times become UTC with microseconds', () => {
    expect(toModel('tests', { ...TEST, start_time: '2026-02-01T00:30:00.5+01:00' }).object).toMatchObject({
      startTime: '2026-01-31T23:30:00.500000Z',
    });
  });

  it('what was sent empty stays empty', () => {
    const sent = { ...TEST, comment: '', output_files: [], misc: {}, environment: {} };
    const { object } = toModel('tests', sent);
    expect(object).toMatchObject({
      comment: '',
      outputFiles: [],
      misc: {},
      environment: { comment: null, compatible: null, misc: null },
    });
  });

  it('an object without its id has no place there', () => {
    expect(() => toModel('tests', { origin: 'x', build_id: 'x:b' })).toThrow('"id" is missing');
  });
});

describe('from the common model', () => {
  it('nulls are left out, and nested objects keep their own names', () => {
    const sent = {
      ...TEST,
      environment: { compatible: ['a,b'] },
      number: { value: 0, prefix: 'binary' },
      misc: { snake_case: { camelCase: null } },
    };
    const stored = toModel('tests', sent);
    expect(fromModel(stored.entity, stored.object)).toEqual(sent);
  });

  it('an object that no KCIDB document could hold is found by the rules of 5.3', () => {
    const stored = toModel('tests', TEST);
    if (stored.entity !== 'test') throw new Error('no test');
    expect(modelFaults('test', { ...stored.object, conflicts: [] })).toEqual([]);
    expect(modelFaults('test', { ...stored.object, origin: 'Not An Origin' })).toMatchObject([
      { path: '/tests/0/origin', rule: 'pattern:origin' },
    ]);
  });
});
