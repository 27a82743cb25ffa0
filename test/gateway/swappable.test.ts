import { describe, expect, it } from 'vitest';
import { Swappable } from '../../gateway/swappable.ts';

describe('a value that is replaced while it is used', () => {
  it('stays the same for a call that began before, and is another one for the next', async () => {
    const name = new Swappable('former');
    const gate = Promise.withResolvers<void>();
    const under = name.use((value) => gate.promise.then(() => value));
    void name.replace('next');
    expect(name.value).toBe('next');
    expect(await name.use(async (value) => value)).toBe('next');
    gate.resolve();
    expect(await under).toBe('former');
  });

  it('is over when its last call has ended, whether that fails or not', async () => {
    const name = new Swappable('former');
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const calls = [name.use(() => one.promise), name.use(() => other.promise)];
    let isOver = false;
    const over = name.replace('next').then(() => {
      isOver = true;
    });
    one.resolve();
    await calls[0];
    expect(isOver).toBe(false);
    other.reject(new Error('The call failed.'));
    await expect(calls[1]).rejects.toThrow('The call failed.');
    await over;
  });

  it('is over at once where nothing uses it, or where it is the same value', async () => {
    const name = new Swappable('former');
    const gate = Promise.withResolvers<void>();
    const under = name.use(() => gate.promise);
    await name.replace('former');
    gate.resolve();
    await under;
    await name.replace('next');
    expect(name.value).toBe('next');
  });
});
