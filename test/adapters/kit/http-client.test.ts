import { createServer, type RequestListener, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../adapters/contract/adapter.ts';
import { createHttpClient, type OwnedHttpClient } from '../../../adapters/kit/http-client.ts';
import { Upstream } from '../../../adapters/kit/upstream.ts';

let client: OwnedHttpClient;
const MIB = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
let server: Server | undefined;

beforeEach(() => {
  client = createHttpClient({ upstream: new Upstream({ concurrency: 4, rate: null }), userAgent: 'kcigraph-test' });
});

afterEach(async () => {
  await client.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

async function serve(listener: RequestListener): Promise<URL> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return new URL(`http://127.0.0.1:${address.port}/`);
}

function call(signal = new AbortController().signal): Call {
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  // No time for a second try: each fault is met once.
  return { signal, deadline: Date.now(), fields: new Set(), log, warn: silent };
}

const ask = (url: URL, maxBytes?: number, signal?: AbortSignal) =>
  client.request(url, { accept: ['application/json'], ...(maxBytes === undefined ? {} : { maxBytes }) }, call(signal));

describe('guarded HTTP', () => {
  it('decodes gzip, and says who asks', async () => {
    const url = await serve((request, response) => {
      const body = JSON.stringify({ agent: request.headers['user-agent'] });
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(gzipSync(body));
    });
    expect((await ask(url)).json()).toEqual({ agent: 'kcigraph-test' });
  });

  it('leaves a status to the adapter, and follows no redirect', async () => {
    const url = await serve((_, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/', 'content-type': 'text/html' }).end('elsewhere');
    });
    expect(await ask(url)).toMatchObject({ status: 302, headers: { location: 'http://169.254.169.254/' } });
  });

  it.each<[string, RequestListener, string]>([
    [
      'of another content type',
      (_, response) => response.setHeader('content-type', 'text/html').end('<html>'),
      'SOURCE_BAD_DATA',
    ],
    [
      'that is too large',
      (_, response) => response.writeHead(200, JSON_TYPE).end('"'.padEnd(5_000, 'x')),
      'SOURCE_BAD_DATA',
    ],
    [
      'that grows too large',
      (_, response) =>
        response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000))),
      'SOURCE_BAD_DATA',
    ],
    [
      'that is damaged gzip',
      (_, response) => response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end('no gzip'),
      'SOURCE_BAD_DATA',
    ],
    [
      'that breaks off',
      (_, response) =>
        response.writeHead(200, { ...JSON_TYPE, 'content-length': '50' }).write('{', () => response.destroy()),
      'SOURCE_UNAVAILABLE',
    ],
    ['that resets', (request) => request.socket.destroy(), 'SOURCE_UNAVAILABLE'],
    ['429', (_, response) => response.writeHead(429, { 'retry-after': '7' }).end(), 'SOURCE_RATE_LIMITED'],
  ])('takes an answer %s for what it is', async (_, listener, code) => {
    const fault = await ask(await serve(listener), 1_000).catch((error: unknown) => error);
    expect(fault).toMatchObject({
      name: 'SourceError',
      code,
      retryAfterMs: code === 'SOURCE_RATE_LIMITED' ? 7_000 : null,
    });
    expect(String(Reflect.get(Object(fault), 'message'))).not.toMatch(/127\.0\.0\.1|http:/);
  });

  it('keeps every digit of an integer, so that it can be written as it came', async () => {
    const text = '{"misc":{"ns":1753000000123456789,"list":[-9007199254740993,1.5]},"id":7}';
    const url = await serve((_, response) => response.writeHead(200, JSON_TYPE).end(text));
    const json = (await ask(url)).json();
    expect(JSON.stringify(json)).toBe(text);
    expect(json).toMatchObject({ id: 7 });
  });

  it('takes a page of records of up to 4 MiB, and none that is larger', async () => {
    const row = { id: 'lab:0123456789', path: 'ltp.syscalls', status: 'PASS', misc: { n: 1, list: [1, 2, 3] } };
    const page = (bytes: number) => {
      const text = JSON.stringify({ results: Array(Math.floor(bytes / 128)).fill(row) });
      return text.padEnd(bytes, ' ');
    };
    const serving = (text: string) => serve((_, response) => response.writeHead(200, JSON_TYPE).end(text));
    const read = await ask(await serving(page(4 * MIB)));
    expect(read.json()).toMatchObject({ results: { length: (4 * MIB) / 128 } });
    const refusal = { code: 'SOURCE_BAD_DATA', origin: 'gateway' };
    await expect(ask(await serving(page(4 * MIB + 1)))).rejects.toMatchObject(refusal);
  });

  it.each(['{},', '[],', '0,', '[[[', '{"":'])('parses no page that is all %s', async (part) => {
    const text = `[${part.repeat(Math.floor((3 * MIB) / part.length))}`;
    const response = await ask(await serve((_, to) => to.writeHead(200, JSON_TYPE).end(text)));
    expect(() => response.json()).toThrow('holds more than 524288 values');
  });

  it('counts no value within a string', async () => {
    const text = JSON.stringify([',[{'.repeat(MIB), '\\",[{'.repeat(1_000), 1]);
    const response = await ask(await serve((_, to) => to.writeHead(200, JSON_TYPE).end(text)));
    expect(response.json()).toEqual(JSON.parse(text));
  });

  it('takes garbage for bad data only when it is read as JSON', async () => {
    const url = await serve((_, response) => response.writeHead(200, JSON_TYPE).end('{"half":'));
    const response = await ask(url);
    expect(response.text()).toBe('{"half":');
    expect(() => response.json()).toThrow('The source answered with damaged JSON.');
  });

  it('is cancelled with the call', async () => {
    const closed = Promise.withResolvers<void>();
    const url = await serve((request) => request.on('close', closed.resolve));
    const gone = new AbortController();
    setTimeout(() => gone.abort(), 30);
    await expect(ask(url, undefined, gone.signal)).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    await closed.promise;
  });
});
