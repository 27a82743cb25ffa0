import { setImmediate as turn } from 'node:timers/promises';

/** For how long turns of the event loop were held, in milliseconds of this thread's own work, the longest first. */
export interface HeldTurns {
  end(): Promise<readonly number[]>;
}

/**
 * Looks on, turn by turn, at how much this thread works before others get their turn. Time in which the machine was busy
 * with other programs does not count, unlike in `monitorEventLoopDelay`.
 */
export function watchTurns(): HeldTurns {
  const held: number[] = [];
  let isOver = false;
  const watching = (async () => {
    let before = work();
    while (!isOver) {
      await turn();
      const now = work();
      held.push(now - before);
      before = now;
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await watching;
      return held.sort((one, other) => other - one);
    },
  };
}

function work(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
