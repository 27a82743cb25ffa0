import { describe, expect, it } from 'vitest';
import { entityTagOf, isNoneMatch } from '../../../gateway/http/caching.ts';

const fault = (path: (string | number)[], code: string, source: string, message = 'Late.', retryAfterMs = 1) => ({
  message,
  path,
  extensions: { code, source, retryAfterMs },
});
const ANSWER = {
  data: { tests: { nodes: [{ id: 'acme:1' }] } },
  errors: [fault(['tests'], 'SOURCE_TIMEOUT', 'cki'), fault(['builds', 'nodes', 1], 'SOURCE_TIMEOUT', 'syzbot')],
  extensions: { sources: { cki: { ms: 1 } }, warnings: [fault(['tests'], 'SOURCE_STALE', 'maestro')] },
};
const tag = await entityTagOf(ANSWER);

describe('the tag of an answer', () => {
  it.each([
    ['the order of its errors', { ...ANSWER, errors: ANSWER.errors.toReversed() }],
    ['their wording', { ...ANSWER, errors: ANSWER.errors.map((error) => ({ ...error, message: 'It took 8 s.' })) }],
    [
      'when to come again',
      {
        ...ANSWER,
        errors: ANSWER.errors.map((error) => ({ ...error, extensions: { ...error.extensions, retryAfterMs: 9 } })),
      },
    ],
    [
      'which of many items met a failure first',
      { ...ANSWER, errors: [ANSWER.errors[0]!, fault(['builds', 'nodes', 0], 'SOURCE_TIMEOUT', 'syzbot')] },
    ],
    ['how long it took', { ...ANSWER, extensions: { ...ANSWER.extensions, sources: { cki: { ms: 2 } } } }],
  ])('does not hang on %s', async (_, answer) => {
    expect(await entityTagOf(answer)).toBe(tag);
  });

  it.each([
    ['its data', { ...ANSWER, data: { tests: { nodes: [] } } }],
    [
      'which source failed',
      { ...ANSWER, errors: [ANSWER.errors[0]!, fault(['builds', 'nodes', 1], 'SOURCE_TIMEOUT', 'lava')] },
    ],
    ['where', { ...ANSWER, errors: [ANSWER.errors[0]!, fault(['tests', 'nodes', 1], 'SOURCE_TIMEOUT', 'syzbot')] }],
    [
      'by what code',
      { ...ANSWER, errors: [ANSWER.errors[0]!, fault(['builds', 'nodes', 1], 'SOURCE_UNAVAILABLE', 'syzbot')] },
    ],
    ['its warnings', { ...ANSWER, extensions: {} }],
    ['whether anything failed', { data: ANSWER.data }],
  ])('hangs on %s', async (_, answer) => {
    expect(await entityTagOf(answer)).not.toBe(tag);
  });
});

it.each([
  [undefined, false],
  ['', false],
  ['"a"', true],
  ['W/"a"', true],
  ['"b", W/"a"', true],
  ['*', true],
  ['"b"', false],
  ['a', false],
])('If-None-Match %j fits W/"a": %j', (header, fits) => {
  expect(isNoneMatch(header, 'W/"a"')).toBe(fits);
});
