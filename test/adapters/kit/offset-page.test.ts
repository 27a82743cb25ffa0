import { describe, expect, it } from 'vitest';
import type { Page, PageItem, Place } from '../../../adapters/contract/adapter.ts';
import { offsetPage } from '../../../adapters/kit/offset-page.ts';

type Item = PageItem<string>;

const row = (n: number): Item => ({
  object: `o${n}`,
  time: `2026-01-01T00:00:${String(59 - (n % 60)).padStart(2, '0')}.000000Z`,
  tie: `t${String(n).padStart(4, '0')}`,
});
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => row(from + index));

/** An upstream list that counts rows, and the requests made of it. */
function upstream(list: Item[], pageSize = 10) {
  const requests: number[] = [];
  const ask = (first: number, after: Place | null): Promise<Page<string>> =>
    offsetPage({ order: 'NEWEST', first, after, pageSize }, async (offset, limit) => {
      requests.push(limit);
      return list.slice(offset, offset + limit);
    });
  return { list, requests, ask };
}

async function taken(source: ReturnType<typeof upstream>, count: number): Promise<Item> {
  const { items } = await source.ask(count, null);
  const last = items.at(-1);
  if (last === undefined) throw new Error('There is no row to take.');
  return last;
}
const first = async (source: ReturnType<typeof upstream>, after: Place) =>
  (await source.ask(3, after)).items.map(({ object }) => object);

describe('a page of a source that counts rows', () => {
  it('walks to the end with one request a page where nothing moves', async () => {
    const source = upstream(rows(0, 25));
    const seen: string[] = [];
    let after: Place | null = null;
    for (let page = await source.ask(5, after); ; page = await source.ask(5, after)) {
      seen.push(...page.items.map(({ object }) => object));
      after = page.items.at(-1) ?? null;
      if (!page.hasMore) break;
    }
    expect(seen).toEqual(source.list.map(({ object }) => object));
    expect(source.requests.length).toBe(5);
    expect(Math.max(...source.requests)).toBeLessThanOrEqual(10);
  });

  it('gives marks of at most 100 bytes, the offset and two hashes', async () => {
    const { items } = await upstream(rows(0, 25)).ask(3, null);
    expect(items.map(({ mark = '' }) => mark.split('.').length)).toEqual([1, 2, 3]);
    expect(Math.max(...items.map(({ mark = '' }) => Buffer.byteLength(mark)))).toBeLessThanOrEqual(100);
  });

  it.each([1, 7, 60, 95])('goes on behind the last row after %i rows came before it', async (count) => {
    const source = upstream(rows(0, 50));
    const last = await taken(source, 6);
    source.list.unshift(...rows(1000, 1000 + count));
    expect(await first(source, last)).toEqual(['o6', 'o7', 'o8']);
  });

  it.each([1, 4])('goes on behind the last row after %i rows before it have gone', async (count) => {
    const source = upstream(rows(0, 50));
    const last = await taken(source, 6);
    source.list.splice(0, count);
    expect(await first(source, last)).toEqual(['o6', 'o7', 'o8']);
  });

  it.each([
    ['is gone', [5]],
    ['and the one before it are gone', [4, 5]],
  ])('goes on behind the rows before where the last row %s, whatever the times say', async (_, gone) => {
    const source = upstream(rows(0, 50).map((item, index) => ({ ...item, time: index % 3 === 0 ? null : item.time })));
    const last = await taken(source, 6);
    for (const index of gone.toReversed()) source.list.splice(index, 1);
    source.list.unshift(...rows(1000, 1013));
    expect(await first(source, last)).toEqual(['o6', 'o7', 'o8']);
  });

  it('begins at the first row that sorts after where all three are gone', async () => {
    const source = upstream(rows(0, 50));
    const last = await taken(source, 6);
    source.list.splice(3, 3);
    expect(await first(source, last)).toEqual(['o6', 'o7', 'o8']);
  });

  it('finds its place in a list that has become shorter than the offset', async () => {
    const source = upstream(rows(0, 60));
    const last = await taken(source, 50);
    source.list.splice(0, 45);
    expect(await first(source, last)).toEqual(['o50', 'o51', 'o52']);
    source.list.splice(0);
    expect(await source.ask(3, last)).toEqual({ items: [], hasMore: false });
  });

  it('looks through ten pages either way and no further', async () => {
    const source = upstream(rows(0, 1000));
    const last = { ...(await taken(source, 500)), tie: 'gone' };
    const { requests } = Object.assign(source, { requests: source.requests.splice(0) });
    expect(requests.length).toBeGreaterThan(0);
    const before = source.requests.length;
    await source.ask(3, { ...last, mark: '500' });
    expect(source.requests.length - before).toBeLessThanOrEqual(23);
  });

  it('passes over rows that cannot be understood, and loses none of the others', async () => {
    const list = rows(0, 40);
    const isBad = (index: number) => index % 3 === 1 || (index > 10 && index < 20);
    let after: Place | null = null;
    const seen: string[] = [];
    for (let pages = 0; pages < 40; pages++) {
      const page: Page<string> = await offsetPage(
        { order: 'NEWEST', first: 4, after, pageSize: 5 },
        async (offset, limit) =>
          list.slice(offset, offset + limit).map((item, index) => (isBad(offset + index) ? null : item)),
      );
      seen.push(...page.items.map(({ object }) => object));
      after = page.items.at(-1) ?? after;
      if (!page.hasMore) break;
    }
    expect(seen).toEqual(list.filter((_, index) => !isBad(index)).map(({ object }) => object));
  });

  it('begins at the start with a mark that is none', async () => {
    const source = upstream(rows(0, 5));
    expect(await first(source, { ...row(1), mark: 'x.y.z' })).toEqual(['o2', 'o3', 'o4']);
  });
});
