import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usePostgres } from '../../support/postgres.ts';
import { type NativeGateway, startNativeGateway, tokenFor } from './native-gateway.ts';
import { rawRequest } from './raw-request.ts';
import { ask } from './start-server.ts';

const BODY_LIMIT = 1024 * 1024;
const postgres = usePostgres();
let gateway: NativeGateway;
let open: NativeGateway;
let authorization: string;

beforeAll(async () => {
  gateway = await startNativeGateway(await postgres.migrated(), { bodyBytes: BODY_LIMIT });
  open = await startNativeGateway(await postgres.migrated(), { open: true });
  authorization = `Bearer ${await tokenFor('acme')}`;
});
afterAll(async () => {
  await gateway?.close();
  await open?.close();
});

function documentOf(id: string, origin = 'acme', status = 'PASS') {
  const test = { id: `${origin}:${id}`, origin, build_id: `${origin}:b`, path: 'boot', status };
  return { version: { major: 5, minor: 3 }, tests: [test] };
}

async function submit(
  body: string | Uint8Array<ArrayBuffer> | object,
  headers: Record<string, string> = { authorization },
  url: string = gateway.url,
) {
  const response = await fetch(`${url}/submit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, answer: await response.json() };
}

async function statusOf(id: string, headers: Record<string, string> = { authorization }) {
  const response = await fetch(`${gateway.url}/status?id=${encodeURIComponent(id)}`, { headers });
  return { status: response.status, answer: await response.json() };
}

describe('POST /submit', () => {
  it('answers when the document is stored: it can be asked for at once', async () => {
    const { status, answer } = await submit(documentOf('one'));
    expect(status).toBe(200);
    expect(answer).toEqual({
      id: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
      status: 'ok',
      message: expect.any(String),
      conflicts: 0,
    });
    const found = await ask(gateway.url, '{ test(id: "acme:one") { id status verdict sources } }');
    expect(found.answer.data).toEqual({
      test: { id: 'acme:one', status: 'PASS', verdict: 'PASS', sources: ['native'] },
    });
    expect(await statusOf(answer.id)).toMatchObject({ status: 200, answer: { id: answer.id, status: 'processed' } });
  });

  it("counts the objects of others' that a document is about, names the first, and changes nothing of them", async () => {
    const objectOf = (id: string, origin: string, comment: string) => ({ id, origin, build_id: 'acme:b', comment });
    const documentFor = (origin: string, ...ids: readonly string[]) => ({
      version: { major: 5, minor: 3 },
      tests: ids.map((id) => objectOf(id, origin, `of ${origin}`)),
    });
    expect((await submit(documentFor('acme', 'acme:mine1', 'acme:mine2'))).answer).toMatchObject({ conflicts: 0 });
    const other = { authorization: `Bearer ${await tokenFor('other')}` };
    const foreign = documentFor('other', 'other:own', 'acme:mine2', 'acme:mine1', 'acme:mine2');
    for (const _ of ['first', 'again']) {
      const { status, answer } = await submit(foreign, other);
      expect(status).toBe(200);
      expect(answer).toMatchObject({ status: 'ok', conflicts: 2 });
      expect(answer.message).toContain('2 of them, the first acme:mine2, belong to other origins');
    }
    const query =
      '{ tests(filter: {id: ["acme:mine1", "acme:mine2"]}) { nodes { origin comment conflicts { field } } } }';
    const shown = { origin: 'acme', comment: 'of acme', conflicts: [{ field: 'comment' }, { field: 'origin' }] };
    expect((await ask(gateway.url, query)).answer.data).toEqual({ tests: { nodes: [shown, shown] } });
    const mutation = `mutation($document: JSON!) { submit(document: $document) { status conflicts message counts } }`;
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...other },
      body: JSON.stringify({ query: mutation, variables: { document: foreign } }),
    });
    expect(await response.json()).toMatchObject({
      data: {
        submit: {
          status: 'ok',
          conflicts: 2,
          message: expect.stringContaining('the first acme:mine2'),
          counts: { test: { added: 0, changed: 0, unchanged: 3 } },
        },
      },
    });
  });

  it('takes an empty text for no text, whichever of two documents has it', async () => {
    const buildOf = (id: string, text: object) => ({
      version: { major: 5, minor: 3 },
      builds: [{ id: `acme:${id}`, origin: 'acme', checkout_id: 'acme:c', ...text }],
    });
    const [empty, full] = [
      { log_excerpt: '', comment: '' },
      { log_excerpt: 'error: it broke', comment: 'v1' },
    ];
    const orders: readonly (readonly [string, object, object])[] = [
      ['emptyFirst', empty, full],
      ['emptyLast', full, empty],
    ];
    for (const [id, first, later] of orders) {
      await submit(buildOf(id, first));
      await submit(buildOf(id, later));
      const query = `{ build(id: "acme:${id}") { logExcerpt comment conflicts { field } } }`;
      expect((await ask(gateway.url, query)).answer.data).toEqual({
        build: { logExcerpt: 'error: it broke', comment: 'v1', conflicts: [] },
      });
    }
  });

  it('takes no more on disk than the quota, however small it was sent, and says when to come again', async () => {
    const spool = { spoolBytes: BODY_LIMIT, spoolBytesPerOrigin: BODY_LIMIT };
    const small = await startNativeGateway(await postgres.migrated(), { bodyBytes: 100 * BODY_LIMIT, spool });
    try {
      const body = gzipSync(Buffer.alloc(20 * BODY_LIMIT, 0x20));
      for (const prefer of ['wait', 'respond-async']) {
        const headers = { authorization, 'content-encoding': 'gzip', prefer };
        const { status, headers: answered, answer } = await submit(body, headers, small.url);
        expect([status, answered.get('retry-after')]).toEqual([503, '30']);
        expect(answer.message).toContain(`all of the ${BODY_LIMIT} bytes`);
      }
      expect((await submit(documentOf('after'), { authorization }, small.url)).status).toBe(200);
    } finally {
      await small.close();
    }
  });

  it('takes gzip', async () => {
    const body = gzipSync(JSON.stringify(documentOf('zipped')));
    expect((await submit(body, { authorization, 'content-encoding': 'gzip' })).status).toBe(200);
  });

  it('names every fault of a refused document', async () => {
    const document = documentOf('bad', 'acme', 'GOOD');
    const { status, answer } = await submit(document);
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      id: '0',
      status: 'error',
      errors: [{ path: '/tests/0/status', rule: 'enum', message: expect.any(String), value: 'GOOD' }],
    });
  });

  it.each([
    ['no JSON', '{"version": ', 400],
    ['nothing', '', 400],
    ['too much', `{"x":"${'y'.repeat(BODY_LIMIT)}"}`, 413],
    ['gzip that is none', Buffer.from('plain'), 400],
    ['gzip that grows beyond the limit', gzipSync(Buffer.alloc(BODY_LIMIT * 50, 0x20)), 413],
  ])('refuses %s in its own form', async (name, body, expected) => {
    const headers: Record<string, string> = name.startsWith('gzip') ? { 'content-encoding': 'gzip' } : {};
    const { status, answer } = await submit(body, { authorization, ...headers });
    expect(status).toBe(expected);
    expect(answer).toMatchObject({
      id: '0',
      status: 'error',
      message: expect.stringMatching(/\.$/),
      errors: expect.any(Array),
    });
  });

  it('refuses what is not declared to be JSON', async () => {
    const { status, answer } = await submit('{}', { authorization, 'content-type': 'text/plain' });
    expect(status).toBe(415);
    expect(answer.message).toContain('"text/plain"');
  });

  it('wants a token, and a true one', async () => {
    const without = await submit(documentOf('x'), {});
    expect(without.status).toBe(401);
    expect(without.headers.get('www-authenticate')).toBe('Bearer');
    for (const wrong of ['Bearer x.y.z', `${authorization}x`, 'Basic YTpi']) {
      expect((await submit(documentOf('x'), { authorization: wrong })).status).toBe(401);
    }
  });

  it('refuses objects of other origins, each by its path', async () => {
    const { status, answer } = await submit(documentOf('x', 'other'));
    expect(status).toBe(403);
    expect(answer).toMatchObject({ id: '0', status: 'error', errors: [{ path: expect.stringContaining('/tests/0') }] });
  });

  it('keeps a document for later where that is preferred, and /status tells the rest', async () => {
    const { status, headers, answer } = await submit(documentOf('later'), { authorization, prefer: 'respond-async' });
    expect(status).toBe(202);
    expect(headers.get('preference-applied')).toBe('respond-async');
    await expect.poll(async () => (await statusOf(answer.id)).answer.status, { timeout: 10_000 }).toBe('processed');
    const failing = await submit(documentOf('later', 'acme', 'GOOD'), { authorization, prefer: 'respond-async' });
    await expect
      .poll(async () => (await statusOf(failing.answer.id)).answer.status, { timeout: 10_000 })
      .toBe('failed');
    expect((await statusOf(failing.answer.id)).answer.errors).toMatchObject([{ path: '/tests/0/status' }]);
  });

  it('stores nothing of a body that breaks off', async () => {
    const body = JSON.stringify(documentOf('half'));
    const head = `POST /submit HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    await rawRequest(gateway.url, [head, body.slice(0, -3)], 200);
    const { answer } = await ask(gateway.url, '{ test(id: "acme:half") { id } }');
    expect(answer.data).toEqual({ test: null });
  });

  it('takes nothing but POST', async () => {
    const response = await fetch(`${gateway.url}/submit`);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(await response.json()).toMatchObject({ id: '0', status: 'error' });
  });
});

describe('GET /status', () => {
  it('shows a receipt to a token of that origin alone', async () => {
    const { answer } = await submit(documentOf('mine'));
    const other = `Bearer ${await tokenFor('other')}`;
    expect(await statusOf(answer.id, { authorization: other })).toMatchObject({
      status: 404,
      answer: { status: 'notfound' },
    });
    expect((await statusOf(answer.id, {})).status).toBe(401);
  });

  it('says so where there is none, or none was named', async () => {
    expect(await statusOf('x'.repeat(32))).toMatchObject({ status: 404, answer: { status: 'notfound' } });
    const response = await fetch(`${gateway.url}/status`, { headers: { authorization } });
    expect(response.status).toBe(400);
  });
});

describe('Mutation.submit', () => {
  const SUBMIT = 'mutation($d: JSON!) { submit(document: $d) { id status counts } }';

  it('is the same door', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query: SUBMIT, variables: { d: documentOf('by-mutation') } }),
    });
    expect(await response.json()).toMatchObject({ data: { submit: { status: 'ok' } } });
  });

  it('refuses with the reasons', async () => {
    const { answer } = await ask(gateway.url, SUBMIT, { d: documentOf('x') });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    const refused = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query: SUBMIT, variables: { d: documentOf('x', 'acme', 'GOOD') } }),
    });
    const { errors } = JSON.parse(await refused.text());
    expect(errors[0].extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      errors: [{ path: '/tests/0/status', rule: 'enum' }],
    });
  });
});

describe('an open door', () => {
  it('takes documents without a token', async () => {
    expect((await submit(documentOf('open'), {}, open.url)).status).toBe(200);
  });

  it('takes nothing that names another host, comes from a page of another origin, or came through a proxy', async () => {
    const foreign: readonly Record<string, string>[] = [
      { host: 'evil.example' },
      { host: 'evil.example:4000' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'x-forwarded-for': '203.0.113.9' },
      { 'x-forwarded-for': '127.0.0.1' },
      { 'X-Forwarded-Proto': 'https' },
      { 'x-forwarded-host': '' },
      { forwarded: 'for=203.0.113.9' },
      { via: '1.1 proxy.example' },
      { 'x-real-ip': '203.0.113.9' },
      { 'cf-connecting-ip': '203.0.113.9' },
      { 'true-client-ip': '203.0.113.9' },
      { 'x-cluster-client-ip': '203.0.113.9' },
      { 'x-original-forwarded-for': '203.0.113.9' },
      { 'x-envoy-external-address': '203.0.113.9' },
      { x_forwarded_for: '203.0.113.9' },
      { host: 'kcigraph.example@localhost' },
      { host: 'localhost#.kcigraph.example' },
      { host: 'localhost/.kcigraph.example' },
    ];
    for (const headers of foreign) {
      for (const [path, body] of [
        ['/submit', documentOf('evil')],
        [
          '/graphql',
          { query: 'mutation($d: JSON!) { submit(document: $d) { id } }', variables: { d: documentOf('evil') } },
        ],
      ] as const) {
        const { status, text } = await send(`${open.url}${path}`, headers, JSON.stringify(body));
        expect(text).toContain('localhost or a loopback address');
        if (path === '/submit') expect(status).toBe(403);
      }
    }
    const { answer } = await ask(open.url, '{ test(id: "acme:evil") { id } }');
    expect(answer.data).toEqual({ test: null });
  });
});

/** fetch sends no Host of the caller's choice. */
function send(url: string, headers: Record<string, string>, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
    const request = httpRequest(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
