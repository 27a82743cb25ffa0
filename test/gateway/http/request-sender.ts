// Sends requests from a thread of its own, so that what the sending takes is not in the CPU time of the gateway's thread.
import { request } from 'node:http';
import { parentPort } from 'node:worker_threads';

export interface Sending {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Sent {
  readonly status: number;
  readonly text: string;
}

parentPort?.on('message', ({ url, headers, body }: Sending) => {
  const sending = request(url, { method: 'POST', headers, agent: false }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      const sent: Sent = { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
      parentPort?.postMessage(sent);
    });
  });
  sending.on('error', (error) => parentPort?.postMessage({ status: 0, text: String(error) } satisfies Sent));
  sending.end(body);
});
