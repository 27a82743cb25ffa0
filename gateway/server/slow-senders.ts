import type { IncomingMessage } from 'node:http';

/** Milliseconds that a client has in any case to send its body. */
const LEAST_TO_SEND = 2_000;
/** Bytes a second, since its request began, below which a client counts as slow while others are turned away. */
const SLOW_RATE = 64 * 1024;

interface Sender {
  readonly request: IncomingMessage;
  readonly since: number;
  /** Bytes that its socket had read when the request began. */
  readonly before: number;
}

/**
 * The clients that still send the body of a request. Each holds a place and memory meanwhile, so the slow ones give way
 * while others find none: else a few hundred connections of 1 KiB/s would keep everybody else out.
 */
export class SlowSenders {
  /** In the order in which they began. */
  readonly #senders = new Map<IncomingMessage, Sender>();

  add(request: IncomingMessage): void {
    const { socket } = request;
    this.#senders.set(request, { request, since: performance.now(), before: socket.bytesRead });
    const remove = () => this.#senders.delete(request);
    request.once('end', remove);
    request.once('close', remove);
  }

  /** Cuts the connection of the one that began first. */
  readonly giveWay = (): void => {
    const now = performance.now();
    for (const sender of this.#senders.values()) {
      if (now - sender.since < LEAST_TO_SEND) return;
      if (!isSlow(sender, now)) continue;
      this.#senders.delete(sender.request);
      sender.request.socket.destroy();
      return;
    }
  };
}

function isSlow({ request, since, before }: Sender, now: number): boolean {
  // What waits to be read here is the gateway's own delay.
  if (request.complete || request.readableLength > 0) return false;
  return request.socket.bytesRead - before < (SLOW_RATE * (now - since)) / 1_000;
}
