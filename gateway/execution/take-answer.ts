import { setImmediate as nextTurn } from 'node:timers/promises';
import { ByteBudgetError, type ByteShare, type ByteWait } from '../federation/byte-budget.ts';
import { AnswerMeter } from '../federation/guard/answer-size.ts';

/** Values that are looked at between two turns of the event loop: about 5 ms. */
const SLICE = 100_000;

/**
 * Takes the memory that the text of an answer needs, before it is written: what was read once may be shown a thousand
 * times. Where it cannot be had, the share says why.
 */
export async function takeAnswer(memory: ByteShare, data: unknown, wait: ByteWait): Promise<void> {
  const meter = new AnswerMeter(data);
  let taken = 0;
  try {
    for (;;) {
      const hasMore = meter.walk(SLICE);
      const bytes = meter.size - taken;
      taken = meter.size;
      await memory.take('answer', bytes, wait);
      if (!hasMore) return;
      await nextTurn();
    }
  } catch (error) {
    if (!(error instanceof ByteBudgetError)) throw error;
  }
}
