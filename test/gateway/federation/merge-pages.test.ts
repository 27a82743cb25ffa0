import { expect, it } from 'vitest';
import type { Place } from '../../../adapters/contract/adapter.ts';
import { type CursorState, START } from '../../../gateway/federation/list/cursor.ts';
import { type MergeRow, type MergeSource, mergePages } from '../../../gateway/federation/list/k-way-merge.ts';

const row = (tie: string, fits: boolean): MergeRow<string> => ({ time: null, tie, identity: tie, fits, object: tie });

function sourceOf(name: string, rows: readonly MergeRow<string>[]): MergeSource<string> {
  const read = (size: number, after: Place | null) => {
    const behind = rows.filter(({ tie }) => after === null || tie > after.tie);
    return Promise.resolve({ rows: behind.slice(0, size), hasMore: behind.length > size });
  };
  return { name, isOffset: false, read };
}

it('comes back to a row at the very place of one that was passed over when the page was full', async () => {
  const sources = [sourceOf('a', [row('z', false)]), sourceOf('b', [row('z', true)]), sourceOf('c', [row('x', true)])];
  const settle = (candidates: readonly { readonly row: MergeRow<string> }[]) =>
    Promise.resolve(candidates.map((candidate) => candidate.row.object));
  const shown: string[] = [];
  let from: CursorState = START;
  for (let hasNext = true; hasNext; ) {
    const page = await mergePages({ sources, first: 1, order: 'NEWEST', from, settle });
    shown.push(...page.edges.map((edge) => edge.shown));
    from = page.end;
    hasNext = page.hasNext;
  }
  expect(shown).toEqual(['x', 'z']);
});
