import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExecutor } from '../../../gateway/graphql/schema.ts';
import { rawRequest } from './raw-request.ts';
import type { Sending, Sent } from './request-sender.ts';
import { startServer, type TestServer } from './start-server.ts';

/** Milliseconds of CPU that one request may take of the gateway's thread: 50, and as much again for a slow machine. */
const MOST = 100;

let server: TestServer;
let sender: Worker;
beforeAll(async () => {
  server = await startServer({ executor: createExecutor() });
  sender = new Worker(new URL('request-sender.ts', import.meta.url));
});
afterAll(async () => {
  await sender?.terminate();
  await server?.close();
});

function cpuMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** The answer, and the least that it took of the thread in some tries: in the first one the gateway's own code is compiled. */
async function measured(text: string): Promise<Sent & { readonly cpu: number }> {
  const headers = {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    accept: 'application/graphql-response+json',
  };
  let least = Number.POSITIVE_INFINITY;
  let sent: Sent = { status: 0, text: '' };
  for (let time = 0; time < 4; time++) {
    // A document that the gateway has not seen before.
    const body = gzipSync(text.replace('"query":"', `"query":"# ${time}\\n`));
    const sending: Sending = { url: `${server.url}/graphql`, headers, body };
    const before = cpuMilliseconds();
    const answered = once(sender, 'message');
    sender.postMessage(sending);
    [sent] = await answered;
    least = Math.min(least, cpuMilliseconds() - before);
  }
  return { ...sent, cpu: least };
}

const query = (text: string) => JSON.stringify({ query: text });
const variables = (json: string) => `{"query":"{ sources { name } }","variables":{"v":${json}}}`;
const filter = (json: string) =>
  `{"query":"query ($f: TestFilter) { tests(filter: $f) { nodes { id } } }","variables":{"f":${json}}}`;
const json = (fields: number, text = '') =>
  JSON.stringify({ ...Object.fromEntries(Array.from({ length: fields }, (_, n) => [`x${n}`, 1])), id: [text] });
const LEAVES = ['id', 'origin', 'timestamp', 'path', 'status', 'startTime', 'duration', 'comment', 'misc', 'nodeId'];

describe('does not hold the event loop:', () => {
  it.each([
    ['a field name of 16 MB', query(`{ ${'a'.repeat(16_000_000)} }`), 413, /"LIMIT_EXCEEDED"/],
    ['a field name of 1 MB', query(`{ ${'a'.repeat(1_000_000)} }`), 400, /"LIMIT_EXCEEDED"/],
    ['a field name of 128 kB', query(`{ ${'a'.repeat(128_000)} }`), 400, /"BAD_USER_INPUT"/],
    ['16 MB of nested lists', variables('['.repeat(16_000_000)), 413, /"LIMIT_EXCEEDED"/],
    ['1 MB of nested lists', variables(`${'['.repeat(500_000)}${']'.repeat(500_000)}`), 400, /"LIMIT_EXCEEDED"/],
    ['5 million objects', variables(`[${'{},'.repeat(5_000_000)}{}]`), 413, /"LIMIT_EXCEEDED"/],
    ['300,000 objects', variables(`[${'{},'.repeat(300_000)}{}]`), 400, /"LIMIT_EXCEEDED"/],
    ['49,000 objects', variables(`[${'{},'.repeat(49_000)}{}]`), 200, /"data"/],
    ['a filter of 24,000 fields', filter(json(24_000)), 400, /"LIMIT_EXCEEDED"/],
    [
      'a filter of 20 unknown fields beside 900 kB of text',
      filter(json(20, '\n'.repeat(440_000))),
      400,
      /"BAD_USER_INPUT"/,
    ],
    ['a field 1,240 times', query(`{ ${'sources { name } '.repeat(1_240)} }`), 400, /"LIMIT_EXCEEDED"/],
    [
      'a name 1,240 times in each of two selections',
      query(`{ ${`test(id: "x") { ${'id '.repeat(1_240)} } `.repeat(2)} }`),
      400,
      /"LIMIT_EXCEEDED"/,
    ],
    ['a field 200 times', query(`{ ${'sources { name } '.repeat(200)} }`), 200, /"data"/],
    [
      'ten fields 200 times',
      query(`{ test(id: "x") { ${LEAVES.map((name) => `${name} `.repeat(200)).join('')} } }`),
      200,
      /"data"/,
    ],
    [
      '100,000 lines',
      query(`{ ${'\n'.repeat(100_000)} ${Array.from({ length: 200 }, (_, n) => `x${n}`).join(' ')} }`),
      400,
      /"LIMIT_EXCEEDED"/,
    ],
    [
      '200 faults behind 9,900 lines',
      query(`{ ${'\n'.repeat(9_900)} ${Array.from({ length: 200 }, (_, n) => `x${n}`).join(' ')} }`),
      400,
      /"BAD_USER_INPUT"/,
    ],
  ])('%s', async (_, text, status, wording) => {
    const sent = await measured(text);
    expect(sent).toMatchObject({ status, text: expect.stringMatching(wording) });
    expect(sent.cpu).toBeLessThan(MOST);
  });

  it.each([
    ['GET', 415],
    ['POST', 200],
  ])('a content type of 13 kB of blanks, by %s', async (method, status) => {
    let least = Number.POSITIVE_INFINITY;
    for (let time = 0; time < 4; time++) {
      const url = new URL(method === 'GET' ? '/graphql?query={__typename}' : '/graphql', server.url);
      const before = cpuMilliseconds();
      const answer = await rawRequest(url.href, [
        `${method} ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: close\r\n`,
        `Content-Type: ${method === 'GET' ? 'a/' : 'application/json;'}${' '.repeat(13_000)}x\r\n`,
        method === 'GET' ? '\r\n' : 'Content-Length: 24\r\n\r\n{"query":"{__typename}"}',
      ]);
      least = Math.min(least, cpuMilliseconds() - before);
      expect(answer).toMatch(`HTTP/1.1 ${status} `);
    }
    expect(least).toBeLessThan(MOST);
  });
});
