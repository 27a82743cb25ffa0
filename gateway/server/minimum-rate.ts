import type { IncomingMessage, ServerResponse } from 'node:http';

/** Bytes a second that a body must come, or an answer be taken, at least. */
const LEAST_RATE = 1_024;

/**
 * Cuts a connection whose client sends its body, or takes its answer, more slowly than 1 KiB/s over a whole window. Time in
 * which the gateway itself is behind does not count.
 *
 * @param window milliseconds
 */
export function cutWhenSlow(request: IncomingMessage, response: ServerResponse, window: number): void {
  const { socket } = request;
  const least = (LEAST_RATE * window) / 1_000;
  let before = { read: socket.bytesRead, written: socket.bytesWritten, receives: true, sends: false };
  const timer = setInterval(() => {
    const now = {
      read: socket.bytesRead,
      written: socket.bytesWritten,
      // What waits to be read here is the gateway's own delay.
      receives: !request.complete && request.readableLength === 0,
      sends: response.headersSent && response.writableLength > 0,
    };
    const isSlowSender = before.receives && now.receives && now.read - before.read < least;
    const isSlowReader = before.sends && now.sends && now.written - before.written < least;
    if (isSlowSender || isSlowReader) socket.destroy();
    before = now;
  }, window);
  timer.unref();
  response.once('close', () => clearInterval(timer));
}
