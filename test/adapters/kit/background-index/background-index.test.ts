import { describe, expect, it } from 'vitest';
import type { Page, Place } from '../../../../adapters/contract/adapter.ts';
import type { LearntEntry } from '../../../../adapters/kit/background-index.ts';
import { watchTurns } from '../../../support/held-turns.ts';
import { aFolder, anIndex, entry, type TestRecord } from './lab.ts';

const keys = (entries: Iterable<LearntEntry<TestRecord>>) => [...entries].map(({ key }) => key);
const toItem = ({ key, time, record }: LearntEntry<TestRecord>) => ({ object: record, time, tie: key });

describe('an index', () => {
  it('finds by key, by name and by the beginning of a name, each kind for itself', async () => {
    const { index } = anIndex(await aFolder());
    await index.put([
      entry('a', { names: { commit: ['ab12', 'cd34'], alias: ['x'] } }),
      entry('b', { names: { commit: ['ab13', 'ab14', 'cd34'] }, time: '2026-01-01T00:00:00.000000Z' }),
      entry('a', { kind: 'other', names: { commit: ['ab12'] } }),
    ]);
    expect(index.get(['a', 'b', 'c', '', 'a\0', '\ud800'])).toMatchObject(
      new Map([
        ['a', { key: 'a', time: null, record: { text: 'of a' } }],
        ['b', { key: 'b', time: '2026-01-01T00:00:00.000000Z' }],
      ]),
    );
    const found = index.find('commit', ['cd34', 'ab12', 'ab', 'x']);
    expect([...found].map(([name, list]) => [name, keys(list)])).toEqual([
      ['cd34', ['a', 'b']],
      ['ab12', ['a']],
    ]);
    expect(keys(index.startingWith('commit', 'ab', 10))).toEqual(['a', 'b']);
    expect(keys(index.startingWith('commit', 'ab', 1))).toEqual(['a']);
    expect(keys(index.startingWith('commit', 'ab', 10, 'other'))).toEqual(['a']);
    expect(keys(index.startingWith('commit', '%', 10))).toEqual([]);
  });

  it('replaces what is there, names included, in its place', async () => {
    const { index } = anIndex(await aFolder());
    await index.put([entry('a', { names: { commit: ['1'] } }), entry('b')]);
    await index.put([entry('a', { names: { commit: ['2'] }, record: { text: 'new' } })]);
    expect(index.find('commit', ['1']).size).toBe(0);
    expect(index.find('commit', ['2']).get('2')).toMatchObject([{ key: 'a', record: { text: 'new' } }]);
    expect(keys(index.after(null, 10))).toEqual(['a', 'b']);
  });

  it('forgets what an owner does not say any more, and nobody else’s', async () => {
    const { index } = anIndex(await aFolder());
    await index.put([entry('a1'), entry('a2', { names: { commit: ['1'] } }), entry('a3')], { owner: 'a' });
    await index.put([entry('b1'), entry('a3')], { owner: 'b' });
    await index.put([entry('a1')], { owner: 'a' });
    expect(keys(index.after(null, 10))).toEqual(['a1', 'a3', 'b1']);
    expect(index.find('commit', ['1']).size).toBe(0);
    index.removeOwned('b');
    expect(keys(index.after(null, 10))).toEqual(['a1']);
    expect(index.reach()).toMatchObject({ entries: 1, fault: null });
  });

  it('pages in the order learnt: nothing lost or twice, whatever comes, goes and changes meanwhile', async () => {
    const { index } = anIndex(await aFolder());
    await index.put(Array.from({ length: 25 }, (_, n) => entry(`k${n}`)));
    const seen: string[] = [];
    let after: Place | null = null;
    for (let page = 0; ; page++) {
      const { items, hasMore }: Page<TestRecord> = index.page<TestRecord>({ first: 4, after }, toItem);
      seen.push(...items.map(({ tie }) => tie));
      if (!hasMore) break;
      after = items.at(-1) ?? null;
      expect(after?.mark?.length).toBeLessThan(40);
      await index.put([entry(`front${page}`)], { front: true });
      await index.put([entry(`k${4 * page}`, { record: { text: 'changed' } })]);
      // The very row that the next page goes on behind.
      index.remove([after?.tie ?? '']);
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `k${n}`));
    const newest = index.page<TestRecord>({ first: 2, after: null }, toItem);
    expect(newest.items.map(({ tie }) => tie)).toEqual(['front5', 'front4']);
  });

  it('passes over what is no item, and says “not now” at its end while it fills', async () => {
    const { index } = anIndex(await aFolder());
    await index.put(['a', 'b', 'c', 'd'].map((key) => entry(key)));
    const odd = (one: LearntEntry<TestRecord>) => (one.key === 'a' || one.key === 'c' ? null : toItem(one));
    const first = index.page({ first: 1, after: null }, odd);
    expect(first).toMatchObject({ items: [{ tie: 'b' }], hasMore: true });
    const last = index.page({ first: 5, after: first.items[0] ?? null }, odd, { isFilling: true });
    expect(last).toMatchObject({ items: [{ tie: 'd' }], hasMore: true, pending: true });
    expect(index.page({ first: 5, after: last.items[0] ?? null }, odd, { isFilling: true })).toMatchObject({
      items: [],
      hasMore: true,
    });
    expect(index.page({ first: 5, after: last.items[0] ?? null }, odd)).toMatchObject({ items: [], hasMore: false });
  });

  it('keeps all of it over a restart: entries, places, progress', async () => {
    const folder = await aFolder();
    const { index } = anIndex(folder);
    await index.put(['a', 'b', 'c'].map((key) => entry(key, { names: { n: [key] } })));
    index.setProgress('sweep', { at: 2 });
    const { items } = index.page<TestRecord>({ first: 1, after: null }, toItem);
    index.close();
    expect(index.get(['a']).size).toBe(0);
    const { index: again, lines } = anIndex(folder);
    expect(again.progress('sweep')).toEqual({ at: 2 });
    expect(again.progress('other')).toBeNull();
    expect(again.find('n', ['b']).get('b')).toMatchObject([{ key: 'b' }]);
    const rest = again.page<TestRecord>({ first: 5, after: items[0] ?? null }, toItem);
    expect(rest.items.map(({ tie }) => tie)).toEqual(['b', 'c']);
    expect(lines).toEqual([]);
  });

  it('goes on behind the row itself where its file was begun anew', async () => {
    const one = anIndex(await aFolder());
    await one.index.put(['a', 'b', 'c'].map((key) => entry(key)));
    const { items } = one.index.page<TestRecord>({ first: 2, after: null }, toItem);
    const other = anIndex(await aFolder());
    await other.index.put(['b', 'x', 'c'].map((key) => entry(key)));
    const rest = other.index.page<TestRecord>({ first: 5, after: items[1] ?? null }, toItem);
    expect(rest.items.map(({ tie }) => tie)).toEqual(['x', 'c']);
  });

  it('gives up what was put longest ago beyond its bounds, owners as a whole', async () => {
    const { index } = anIndex(await aFolder(), { maxEntries: 200 });
    await index.put([entry('a1'), entry('a2')], { owner: 'a' });
    for (let n = 0; n < 300; n++) await index.put([entry(`k${n}`)]);
    expect(index.reach().entries).toBeLessThanOrEqual(200);
    expect(index.reach().entries).toBeGreaterThan(150);
    expect(index.get(['a1', 'a2', 'k0']).size).toBe(0);
    expect(index.get(['k299']).size).toBe(1);
    const large = anIndex(await aFolder(), { maxBytes: 100_000 });
    await large.index.put(
      Array.from({ length: 300 }, (_, n) => entry(`k${n}`, { record: { text: 'x'.repeat(1000) } })),
    );
    expect(large.index.reach().bytes).toBeLessThanOrEqual(100_000);
    expect(large.index.get(['k299']).size).toBe(1);
  });

  it('holds up nobody: 20,000 entries with names are put and read in small portions', async () => {
    const { index } = anIndex(await aFolder());
    const many = Array.from({ length: 20_000 }, (_, n) =>
      entry(`key-${n}`, { names: { commit: [`c${n % 500}`, `d${n}`] }, record: { text: 'x'.repeat(300) } }),
    );
    const turns = watchTurns();
    const start = performance.now();
    await index.put(many);
    const ms = Math.round(performance.now() - start);
    const held = await turns.end();
    console.log(`20,000 entries in ${ms} ms; the longest turn took ${Math.round(held[0] ?? 0)} ms of work.`);
    // The first turns compile what they run.
    expect(held[3]).toBeLessThan(20);
    const read = performance.now();
    for (let n = 0; n < 100; n++) index.find('commit', [`c${n}`]);
    console.log(`A name with 40 entries is read in ${((performance.now() - read) / 100).toFixed(2)} ms.`);
    expect(index.page<TestRecord>({ first: 500, after: null }, toItem).items).toHaveLength(500);
  });
});
