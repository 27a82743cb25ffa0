import { expect, it } from 'vitest';
import { checkSpreads } from './merged-graph-filters.ts';

it('gives by every filter what the filter fits in the merged graph, and counts it', async () => {
  const { lists, counted } = await checkSpreads(3_000);
  expect(counted / lists).toBeGreaterThan(0.8);
});
