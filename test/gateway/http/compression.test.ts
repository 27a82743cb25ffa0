import { readFile } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compress } from '../../../gateway/http/send.ts';
import { type PublishedGateway, startPublishedGateway } from './published-gateway.ts';

const LARGE = '{ tests(first: 500) { nodes { id path status startTime build { architecture configName } } } }';
const SMALL = '{ tests(first: 1) { nodes { id } } }';
const PLAIN = { br: brotliDecompressSync, gzip: gunzipSync } as const;

let gateway: PublishedGateway;
beforeAll(async () => {
  const text = await readFile(new URL('../../../examples/documents/acme-nightly.json', import.meta.url), 'utf8');
  const document = JSON.parse(text);
  const [first] = document.tests;
  document.tests = Array.from({ length: 2_000 }, (_, index) => ({ ...first, id: `acme:test-${index * 7919}` }));
  delete document.incidents;
  gateway = await startPublishedGateway({ acme: { document: JSON.stringify(document), freshness: 60_000 } });
});
afterAll(() => gateway?.[Symbol.asyncDispose]());

interface Raw {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

async function post(query: string, headers: Record<string, string> = {}): Promise<Raw> {
  const answer = await request(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return { headers: answer.headers, bytes: Buffer.from(await answer.body.arrayBuffer()) };
}

const dataOf = (bytes: Buffer) => JSON.parse(bytes.toString()).data;

describe('an answer', () => {
  it.each(['br', 'gzip'] as const)(
    'comes as %s where the client takes that, at less than a fifth of the bytes',
    async (name) => {
      const plain = await post(LARGE);
      const small = await post(LARGE, { 'accept-encoding': name });
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(small.headers['content-encoding']).toBe(name);
      expect(Number(small.headers['content-length'])).toBe(small.bytes.length);
      expect(dataOf(PLAIN[name](small.bytes))).toEqual(dataOf(plain.bytes));
      expect(small.bytes.length).toBeLessThan(plain.bytes.length / 5);
    },
  );

  it('says in every form on which headers it depends', async () => {
    const kinds: readonly Record<string, string>[] = [{}, { 'accept-encoding': 'br' }];
    for (const headers of kinds) {
      const { headers: answered } = await post(LARGE, headers);
      expect([answered.vary].flat().join(', ')).toBe('Accept, Accept-Encoding');
    }
  });

  it('that is small comes as it is, unless the client refuses just that', async () => {
    const as = async (accepted: string) =>
      (await post(SMALL, { 'accept-encoding': accepted })).headers['content-encoding'] ?? null;
    expect([await as('br, gzip'), await as('br, identity;q=0')]).toEqual([null, 'br']);
  });

  it('of an error is small and no different', async () => {
    const { headers, bytes } = await post('{ nothing }', { 'accept-encoding': 'br, gzip' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(bytes.toString())).toHaveProperty('errors');
  });
});

it('the figures for Prometheus come compressed too', async () => {
  const answer = await request(`${gateway.url}/metrics`, { headers: { 'accept-encoding': 'gzip' } });
  expect(answer.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(Buffer.from(await answer.body.arrayBuffer())).toString()).toContain(
    'kcigraph_http_request_seconds',
  );
});

it.each(['br', 'gzip'] as const)('the event loop rests while a large answer is made smaller by %s', async (name) => {
  const rows = Array.from({ length: 100_000 }, (_, id) => ({ id: `acme:${id * 7919}`, path: 'boot', status: 'PASS' }));
  const bytes = Buffer.from(JSON.stringify(rows));
  const [whole, own] = [process.cpuUsage(), process.threadCpuUsage()];
  const smaller = await compress([bytes], name);
  // Of the work, not of the time: another process may hold the machine.
  expect(total(process.threadCpuUsage(own))).toBeLessThan(total(process.cpuUsage(whole)) / 2);
  expect(PLAIN[name](Buffer.concat(smaller)).equals(bytes)).toBe(true);
});

function total({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}
