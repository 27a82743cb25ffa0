import { describe, expect, it } from 'vitest';
import { ByteBudget, ByteBudgetError, type ByteShare } from '../../../gateway/federation/byte-budget.ts';

const NEVER = new AbortController().signal;

function rows(share: ByteShare, bytes: number, deadline = Date.now() + 60_000, signal = NEVER) {
  return share.take('rows', bytes, { signal, deadline });
}

/** What a wait came to, and `waits` while it goes on. */
async function outcome(wait: Promise<void> | null): Promise<string> {
  const turn = new Promise<string>((resolve) => setImmediate(() => resolve('waits')));
  const end = (wait ?? Promise.resolve()).then(
    () => 'taken',
    (error: unknown) => (error instanceof ByteBudgetError ? `refused: ${error.message}` : 'another error'),
  );
  return await Promise.race([end, turn]);
}

describe('a budget of bytes', () => {
  it('gives at once what is free, and the rest to those that wait longest', async () => {
    const budget = new ByteBudget(100);
    const [first, second, third] = [budget.open(), budget.open(), budget.open()];
    expect(rows(first, 80)).toBeNull();
    const large = rows(second, 90);
    const small = rows(third, 10);
    expect(await outcome(large)).toBe('waits');
    // It would fit, and would then keep the other one waiting.
    expect(await outcome(small)).toBe('waits');
    first.release();
    expect(await outcome(large)).toBe('taken');
    expect(await outcome(small)).toBe('taken');
    expect(budget.total).toBe(100);
    second.release();
    third.release();
    expect(budget.held).toEqual({ body: 0, document: 0, rows: 0, answer: 0 });
  });

  it('ends a request at once that needs more than there is', async () => {
    const share = new ByteBudget(100).open();
    expect(await outcome(rows(share, 60))).toBe('taken');
    expect(await outcome(rows(share, 60))).toMatch(
      /^refused: The request needs more than the 100 bytes .*inFlightBytes/,
    );
    // Whatever it asks for from now on.
    expect(await outcome(rows(share, 1))).toMatch(/^refused/);
  });

  it('ends a wait at its deadline, and where nobody waits any more', async () => {
    const budget = new ByteBudget(100);
    await rows(budget.open(), 100);
    await expect(rows(budget.open(), 1, Date.now() + 50)).rejects.toThrow('limits.inFlightBytes: 100');
    const gone = new AbortController();
    const left = rows(budget.open(), 1, Date.now() + 60_000, gone.signal);
    gone.abort();
    await expect(left).rejects.toBeInstanceOf(ByteBudgetError);
  });

  it('goes on where all that hold something wait for more: the one that began last ends', async () => {
    const budget = new ByteBudget(90);
    const shares = [budget.open(), budget.open(), budget.open()];
    for (const share of shares) expect(rows(share, 30)).toBeNull();
    const [first, second, third] = shares.map((share) => rows(share, 30));
    expect(await outcome(third ?? null)).toMatch(/^refused/);
    expect(await outcome(second ?? null)).toBe('waits');
    shares[2]?.release();
    expect(await outcome(first ?? null)).toBe('taken');
    expect(await outcome(second ?? null)).toBe('waits');
    shares[0]?.release();
    expect(await outcome(second ?? null)).toBe('taken');
  });

  it('leaves three quarters of it to queries, however many bodies come', async () => {
    const budget = new ByteBudget(100);
    const wait = { signal: NEVER, deadline: Date.now() + 60_000 };
    const bodies = Array.from({ length: 6 }, () => budget.open());
    const waits = bodies.map((share) => share.take('body', 5, wait));
    expect(await Promise.all(waits.map(outcome))).toEqual([...Array(5).fill('taken'), 'waits']);
    expect(rows(budget.open(), 75)).toBeNull();
    bodies[0]?.release();
    expect(await outcome(waits[5] ?? null)).toBe('taken');
  });

  it('ends the body that began last where bodies hold all that bodies may, and all wait', async () => {
    const budget = new ByteBudget(200);
    const wait = { signal: NEVER, deadline: Date.now() + 60_000 };
    await rows(budget.open(), 10);
    const [first, second] = [budget.open(), budget.open()];
    for (const share of [first, second]) expect(share.take('body', 25, wait)).toBeNull();
    const waits = [first, second].map((share) => share.take('body', 10, wait));
    expect(await Promise.all(waits.map(outcome))).toEqual(['waits', expect.stringMatching(/^refused/)]);
    second.release();
    expect(await outcome(waits[0] ?? null)).toBe('taken');
  });

  it('ends one of those that wait where the others wait for something that these hold', async () => {
    const budget = new ByteBudget(100);
    const [idle, first, second] = [budget.open(), budget.open(), budget.open()];
    // It asks for nothing more, and never ends.
    await rows(idle, 10);
    await rows(first, 45);
    await rows(second, 45);
    const waits = [rows(first, 20), rows(second, 20)];
    await expect(waits[1]).rejects.toBeInstanceOf(ByteBudgetError);
    expect(await outcome(waits[0] ?? null)).toBe('waits');
    second.release();
    expect(await outcome(waits[0] ?? null)).toBe('taken');
  });

  it('lets large documents wait for each other, and nobody else for them', async () => {
    const budget = new ByteBudget(100);
    const [first, second, query] = [budget.open(), budget.open(), budget.open()];
    // More than all documents may take.
    expect(first.takeDocument(80, NEVER)).toBeNull();
    expect(budget.held.document).toBe(50);
    const wait = second.takeDocument(20, NEVER);
    expect(await outcome(wait)).toBe('waits');
    expect(rows(query, 50)).toBeNull();
    first.release();
    expect(await outcome(wait)).toBe('taken');
  });

  it('holds nothing for a request whose response has closed', async () => {
    const budget = new ByteBudget(100);
    const share = budget.open();
    await rows(share, 50);
    share.release();
    expect(await outcome(rows(share, 1))).toMatch(/^refused/);
    share.answer(30, () => {});
    expect(budget.total).toBe(0);
  });

  it('takes a changed limit', async () => {
    const budget = new ByteBudget(10);
    const [first, second] = [budget.open(), budget.open()];
    await rows(first, 8);
    const wait = rows(second, 8);
    expect(await outcome(wait)).toBe('waits');
    budget.limit = 20;
    expect(await outcome(wait)).toBe('taken');
  });
});
