const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
// Ctrl-C under npm comes twice: from the terminal to the whole group, and from npm to its child.
const ECHO_MS = 500;

export interface StopRequest {
  /** Resolves at the first signal, or when the launcher that started this process is gone. */
  readonly asked: Promise<string>;
  /** Resolves at the second one; a third ends the process as it is. */
  readonly again: Promise<string>;
  /** Asks for it as the first signal does. */
  ask(reason: string): void;
  /** Gives the signals back to the system. */
  done(): void;
}

/** Listens for the signals that ask a server to stop. */
export function untilAskedToStop(): StopRequest {
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  let times = 0;
  let last = Number.NEGATIVE_INFINITY;
  const stop = (reason: string) => {
    const now = performance.now();
    if (now - last < ECHO_MS) return;
    last = now;
    times += 1;
    if (times === 1) first.resolve(reason);
    else if (times === 2) second.resolve(reason);
    else process.exit(1);
  };
  const disconnected = () => first.resolve('the launcher is gone');
  for (const signal of SIGNALS) process.on(signal, stop);
  // Under Node 20 a launcher stands between this process and its parent; kill -9 of it closes this channel only.
  process.once('disconnect', disconnected);
  process.channel?.unref();
  return {
    asked: first.promise,
    again: second.promise,
    ask: first.resolve,
    done: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
      process.off('disconnect', disconnected);
    },
  };
}
