/**
 * Tells the longest turn of the event loop since, in milliseconds of this thread's own work: others may want the processor
 * too.
 */
export function watchLongestTurn(): () => number {
  let longest = 0;
  let last = work();
  const timer = setInterval(() => {
    const now = work();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  return () => {
    clearInterval(timer);
    return Math.max(longest, work() - last);
  };
}

function work(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
