import { expect, test } from 'vitest';
import { isPlaceholder } from '../../adapters/contract/model.ts';

test.each([
  ['maestro:dummy_6851b001f2a4c3d5e6f70001_x86_64', true],
  ['other:dummy_1', true],
  ['maestro:6851b001f2a4c3d5e6f70001', false],
  ['maestro:a_dummy_1', false],
  ['dummy_1', false],
])('the id %s names a placeholder build: %s', (id, expected) => {
  expect(isPlaceholder(id)).toBe(expected);
});
