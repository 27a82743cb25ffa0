import { connect } from 'node:net';

/** Sends bytes as they are and gives all that comes back until the server closes, or `wait` ms have gone by. */
export function rawRequest(url: string, chunks: readonly (string | Buffer)[], wait = 2_000): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const parts: Uint8Array[] = [];
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(parts).toString());
    };
    const timer = setTimeout(end, wait);
    socket.on('data', (part) => parts.push(Buffer.from(part)));
    socket.on('close', end);
    socket.on('error', end);
    for (const chunk of chunks) socket.write(chunk);
  });
}
