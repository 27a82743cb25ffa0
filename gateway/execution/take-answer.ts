import { isSliceOver, yieldToEventLoop } from '../../adapters/kit/yield-to-event-loop.ts';
import { ByteBudgetError, type ByteShare, type ByteWait } from '../federation/byte-budget.ts';
import { AnswerMeter } from '../federation/guard/answer-size.ts';

/** Values that are looked at in one step: well below a millisecond. */
const STEP = 4_000;

/**
 * Takes the memory that the text of an answer needs, before it is written: what was read once may be shown a thousand
 * times. Where it cannot be had, the share says why.
 */
export async function takeAnswer(memory: ByteShare, data: unknown, wait: ByteWait): Promise<void> {
  const meter = new AnswerMeter(data);
  let taken = 0;
  try {
    for (;;) {
      const hasMore = meter.walk(STEP);
      const bytes = meter.size - taken;
      taken = meter.size;
      await memory.take('answer', bytes, wait);
      if (!hasMore) return;
      if (isSliceOver()) await yieldToEventLoop();
    }
  } catch (error) {
    if (!(error instanceof ByteBudgetError)) throw error;
  }
}
