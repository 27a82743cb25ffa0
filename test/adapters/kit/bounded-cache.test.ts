import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BoundedCache } from '../../../adapters/kit/cache.ts';

const sizeOf = (value: string, key: string) => value.length + key.length;

describe('a bounded cache', () => {
  it('keeps so many entries, the least recently used go first', () => {
    const cache = new BoundedCache<string>({ maxEntries: 2, maxBytes: 1000, sizeOf });
    cache.set('a', '1');
    cache.set('b', '2');
    cache.get('a');
    cache.set('c', '3');
    expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toEqual(['1', undefined, '3', 2]);
  });

  it('keeps so many bytes, and nothing that is larger than all of them', () => {
    const cache = new BoundedCache<string>({ maxEntries: 100, maxBytes: 100, sizeOf });
    for (let n = 0; n < 20; n++) cache.set(`key${n}`, 'x'.repeat(20));
    expect(cache.bytes).toBeLessThanOrEqual(100);
    expect(cache.get('key19')).toBeDefined();
    cache.set('large', 'x'.repeat(200));
    expect(cache.get('large')).toBeUndefined();
    expect(cache.get('key19')).toBeDefined();
  });

  it('forgets after its time', async () => {
    const cache = new BoundedCache<string>({ maxEntries: 2, maxBytes: 1000, sizeOf, ttl: 20 });
    cache.set('a', '1');
    expect(cache.get('a')).toBe('1');
    await delay(40);
    expect(cache.get('a')).toBeUndefined();
  });
});
