import { afterEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../adapters/contract/adapter.ts';
import { createHttpClient, type HttpClientOptions, type OwnedHttpClient } from '../../../adapters/kit/http-client.ts';
import { Upstream } from '../../../adapters/kit/upstream.ts';
import { STRANGE, TRUSTED } from '../../support/certificates.ts';
import { answerWell, answerWith, FaultyServer, hangBeforeHeaders, hangInBody } from '../../support/faulty-server.ts';

const silent = () => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
const closing: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});

async function server(tls: typeof TRUSTED | null = null): Promise<FaultyServer> {
  const started = new FaultyServer('{"all":"well"}', tls);
  await started.listen();
  closing.push(started);
  return started;
}

function client(options: Partial<HttpClientOptions> = {}): OwnedHttpClient {
  const made = createHttpClient({
    upstream: new Upstream({ concurrency: 4, rate: null }),
    userAgent: 'kcigraph-test',
    ...options,
  });
  closing.push(made);
  return made;
}

/** @param ms left for a second try; none where left out */
function ask(url: string, made = client(), ms = 0) {
  const call: Call = {
    signal: new AbortController().signal,
    deadline: Date.now() + ms,
    fields: new Set(),
    log,
    warn: silent,
  };
  return made.request(new URL(url), { accept: ['application/json'] }, call);
}

describe('a status that is a failure of the source', () => {
  it.each([401, 403])('%i says that credentials were refused, and shows nothing of them', async (status) => {
    const faulty = await server();
    faulty.fault = answerWith(status, { 'content-type': 'application/json' }, () => '{"detail":"Invalid token abc."}');
    const error = await ask(faulty.url, client(), 2_000).catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: expect.stringMatching(/credentials/) });
    expect(String(error)).not.toContain('abc');
    // The same credentials would be refused again.
    expect(faulty.requests).toBe(1);
  });

  it.each([500, 502, 504])('%i is tried once more, and then told', async (status) => {
    const faulty = await server();
    faulty.fault = answerWith(status, { 'content-type': 'text/html' }, () => '<h1>Oops</h1>');
    await expect(ask(faulty.url, client(), 2_000)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(faulty.requests).toBe(2);
  });

  it('503 with a time to wait is not tried before', async () => {
    const faulty = await server();
    faulty.fault = answerWith(503, { 'retry-after': '2' }, () => '');
    await expect(ask(faulty.url, client(), 2_000)).rejects.toMatchObject({ retryAfterMs: 2_000 });
    expect(faulty.requests).toBe(1);
  });

  it('429 is never tried again, and known though its message hangs', async () => {
    const faulty = await server();
    faulty.fault = (response) => response.writeHead(429, { 'retry-after': '7' }).write('Too');
    await expect(ask(faulty.url, client(), 5_000)).rejects.toMatchObject({
      code: 'SOURCE_RATE_LIMITED',
      retryAfterMs: 7_000,
    });
    expect(faulty.requests).toBe(1);
  });
});

describe('an answer that is no data', () => {
  it('of a redirect cannot be read as such', async () => {
    const faulty = await server();
    faulty.fault = answerWith(302, { location: '/elsewhere' }, () => '{"looks":"like data"}');
    const response = await ask(faulty.url);
    expect(response.status).toBe(302);
    expect(() => response.json()).toThrow('The source sends elsewhere (status 302), and redirects are not followed.');
  });

  it('that says it is too large is not read at all', async () => {
    const faulty = await server();
    faulty.fault = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1e12 });
      response.write('[');
    };
    await expect(ask(faulty.url)).rejects.toMatchObject({ code: 'SOURCE_BAD_DATA' });
    await expect.poll(() => faulty.sockets).toBe(0);
  });

  it('is no HTTP', async () => {
    const faulty = await server();
    faulty.fault = (response) => response.socket?.end('SSH-2.0-OpenSSH_10.0\r\n');
    await expect(ask(faulty.url)).rejects.toMatchObject({ code: 'SOURCE_BAD_DATA' });
  });
});

describe('a server that hangs', () => {
  it.each([
    ['before the headers', hangBeforeHeaders],
    ['in the body', hangInBody],
  ])('%s is given up after the time that the source has, whoever waits', async (_, fault) => {
    const faulty = await server();
    faulty.fault = fault;
    const start = performance.now();
    await expect(ask(faulty.url, client({ timeout: 100 }))).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    // The clock of the client's own time-outs ticks slowly.
    expect(performance.now() - start).toBeLessThan(4_000);
    await expect.poll(() => faulty.sockets).toBe(0);
  });
});

describe('transport security', () => {
  it('trusts the certificates that it is told to, and no others', async () => {
    const faulty = await server(TRUSTED);
    const trusting = client({ tls: { ca: TRUSTED.cert } });
    expect((await ask(faulty.url, trusting)).json()).toEqual({ all: 'well' });
    const fault = { code: 'SOURCE_UNAVAILABLE', message: expect.stringMatching(/certificate/) };
    await expect(ask(faulty.url)).rejects.toMatchObject(fault);
    faulty.present(STRANGE);
    // Its old connection has just been ended.
    await expect(ask(faulty.url, trusting, 2_000)).rejects.toMatchObject(fault);
  });

  it('demands the name that it is told to', async () => {
    const faulty = await server(TRUSTED);
    const other = client({ tls: { ca: TRUSTED.cert, servername: 'ci.example' } });
    await expect(ask(faulty.url, other)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    const named = client({ tls: { ca: TRUSTED.cert, servername: 'localhost' } });
    expect((await ask(faulty.url, named)).status).toBe(200);
  });
});

it('a connection that broke off is tried once more', async () => {
  const faulty = await server();
  faulty.fault = (response, body) => {
    if (faulty.requests === 1) response.socket?.destroy();
    else answerWell(response, body);
  };
  expect((await ask(faulty.url, client(), 2_000)).json()).toEqual({ all: 'well' });
  expect(faulty.requests).toBe(2);
});
