import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Executor } from '../../../gateway/graphql/executor.ts';
import { JitExecutor } from '../../../gateway/graphql/jit-executor.ts';
import { buildSchema } from '../../../gateway/graphql/schema.ts';
import { garden } from '../graphql/garden.ts';
import { rawRequest } from './raw-request.ts';
import { ask, startServer, type TestServer } from './start-server.ts';

const BODY_LIMIT = 4 * 1024 * 1024;
const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ limits: { graphqlBytes: BODY_LIMIT, bodyBytes: BODY_LIMIT * 2 } });
});
afterAll(() => server.close());

/** Posts bytes; the status, the first error, and how long it took. */
async function post(body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) {
  const started = performance.now();
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { ...JSON_HEADERS, ...headers },
    body,
  });
  const { errors } = JSON.parse(await response.text());
  return { status: response.status, error: errors?.[0], ms: performance.now() - started, headers: response.headers };
}

const query = (text: string) => JSON.stringify({ query: text });
const nested = (levels: number) => `{ bed ${'{ neighbour '.repeat(levels)} { name } ${'}'.repeat(levels)} }`;

describe('a query that is refused by a limit', () => {
  const cases: Readonly<Record<string, readonly [string, RegExp]>> = {
    'of 10,000 levels': [`${'{a'.repeat(10_000)}${'}'.repeat(10_000)}`, /nests brackets more than 500 deep/],
    'of 10,000 lists in a value': [`{ echo(ids: ${'['.repeat(10_000)}`, /nests brackets more than 500 deep/],
    'of 10,000 objects with strings that look like brackets': [
      `{ echo(span: ${'{a: "}" b:'.repeat(10_000)}`,
      /nests brackets more than 500 deep/,
    ],
    'of 17 levels': [nested(15), /17 levels of fields deep; the limit is 16/],
    'of 17 levels over fragments': [
      `{ bed { ...A } } fragment A on Bed { neighbour { ...B } } ${Array.from('BCDEFGHIJKLMN', (name, index) => `fragment ${name} on Bed { neighbour { ${index === 12 ? 'neighbour { name }' : `...${'CDEFGHIJKLMNO'[index]}`} } }`).join(' ')}`,
      /17 levels of fields deep/,
    ],
    'with 51 aliases': [
      `{ ${Array.from({ length: 51 }, (_, index) => `a${index}: bed { name }`).join(' ')} }`,
      /51 aliases/,
    ],
    'with aliases multiplied by fragments': [
      `{ a: bed { ...A } b: bed { ...A } c: bed { ...A } } fragment A on Bed { ${Array.from({ length: 20 }, (_, index) => `a${index}: name`).join(' ')} }`,
      /63 aliases/,
    ],
    'with more than 5,000 tokens': [`{ bed { ${'name '.repeat(5_000)} } }`, /more than 5000 tokens/],
    'with thousands of directives': [
      `{ bed { name ${'@include(if: true) '.repeat(1_000)} } }`,
      /more than 5000 tokens/,
    ],
    'of more bytes than 128 KiB': [
      `{ bed { name } } # ${'\u00e9'.repeat(65_536)}`,
      /has 131091 bytes; the limit is 131072/,
    ],
    'of more than 10,000 lines': [`{ bed {${'\n'.repeat(10_000)} name } }`, /has 10001 lines; the limit is 10000/],
    'with one field 201 times': [`{ bed { ${'name '.repeat(201)} } }`, /has 201 fields of the name "name"/],
    'with one field 201 times over fragments': [
      `{ bed { ${'name '.repeat(100)} ... { ${'name '.repeat(100)} } ...F } } fragment F on Bed { name }`,
      /has 201 fields of the name "name"/,
    ],
    'with one field 201 times below a field that is repeated': [
      `{ ${`bed { neighbour { ${'name '.repeat(67)} } } `.repeat(3)} }`,
      /has 201 fields of the name "name"/,
    ],
    'with one alias for 201 fields in a fragment that is not used': [
      `{ bed { name } } fragment F on Bed { ${'name: nodeId '.repeat(20)} ${'name '.repeat(181)} }`,
      /has 201 fields of the name "name"/,
    ],
    'that repeats fields with long selections': [
      `{ ${`bed { ${'neighbour { '.repeat(14)} name ${'}'.repeat(14)} } `.repeat(100)} }`,
      /repeats too many fields with selections/,
    ],
    'that merges fragments in thousands of ways': [
      `{ bed { ...F0 } } ${Array.from({ length: 600 }, (_, n) => `fragment F${n} on Bed { ...F${n + 1} }`).join(' ')} fragment F600 on Bed { name }`,
      /merges its fragments in too many ways/,
    ],
    'of introspection 21 deep': [
      `{ __schema { types { fields { type ${'{ ofType '.repeat(18)} { name } ${'}'.repeat(18)} } } } }`,
      /introspection query is 2\d levels/,
    ],
    'for more objects than the limit': [
      '{ beds { plants(first: 5000) { nodes { bed { plants(first: 5000) { nodes { name } } } } } } }',
      /allow \d+ objects; the limit is 100000/,
    ],
  };
  for (const [name, [text, wording]] of Object.entries(cases)) {
    it(name, async () => {
      const { status, error, ms } = await post(query(text));
      expect(error).toMatchObject({ message: expect.stringMatching(wording), extensions: { code: 'LIMIT_EXCEEDED' } });
      expect(status).toBe(400);
      expect(ms).toBeLessThan(2_000);
    });
  }

  it('is a 200 for who takes plain JSON only', async () => {
    for (const text of [nested(20), '{ beds { plants(first: 5000000) { nodes { name } } } }']) {
      const { status, answer } = await ask(server.url, text, undefined, 'application/json');
      expect(status).toBe(200);
      expect(answer.errors?.[0]?.extensions).toEqual({ code: 'LIMIT_EXCEEDED' });
      expect(answer).not.toHaveProperty('data');
    }
  });
});

describe('a query at a limit is answered', () => {
  it.each([
    ['of 16 levels', nested(14)],
    ['with 50 aliases', `{ ${Array.from({ length: 50 }, (_, index) => `a${index}: bed { name }`).join(' ')} }`],
    [
      'with one field 200 times',
      `{ bed { ${'name '.repeat(100)} ...F ...F } } fragment F on Bed { ${'name '.repeat(100)} }`,
    ],
    ['of 128 KiB', `{ bed { name } } # ${'x'.repeat(131_072 - 19)}`],
    ['of 10,000 lines', `{ bed {${'\n'.repeat(9_999)} name } }`],
    ['that spreads a fragment often', `{ ${'...F '.repeat(1_000)} } fragment F on Query { bed { name } }`],
  ])('%s', async (_, text) => {
    const { status, answer } = await ask(server.url, text);
    expect(answer.errors).toBeUndefined();
    expect(status).toBe(200);
  });

  it('with the introspection of GraphiQL', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    const { status, answer } = await ask(server.url, getIntrospectionQuery());
    expect(answer.errors).toBeUndefined();
    expect(status).toBe(200);
  });
});

describe('a document that is wrong', () => {
  it.each([
    [
      'fragments that spread each other',
      '{ bed { ...A } } fragment A on Bed { ...B } fragment B on Bed { ...A }',
      /Cannot spread fragment/,
    ],
    ['a field that there is not', '{ beds { nome } }', /Cannot query field "nome".+Did you mean "name"/],
    ['a syntax error', '{ bed { name }', /Syntax Error/],
    ['nothing but a comment', '# nothing', /Syntax Error/],
    [
      '200 times the same field with other arguments',
      `{ ${Array.from({ length: 200 }, (_, index) => `bed(name: "${index}") { name }`).join(' ')} }`,
      /conflict because they have differing arguments/,
    ],
  ])('%s', async (_, text, wording) => {
    const { status, error, ms } = await post(query(text));
    expect(error).toMatchObject({ message: expect.stringMatching(wording), extensions: { code: 'BAD_USER_INPUT' } });
    expect(status).toBe(400);
    expect(ms).toBeLessThan(3_000);
  });
});

describe('variables', () => {
  it('that are wrong are told apart by name', async () => {
    const { status, error } = await post(
      JSON.stringify({ query: 'query($s: Span) { echo(span: $s) }', variables: { s: { from: 'x' } } }),
    );
    expect(error).toMatchObject({
      message: expect.stringContaining('"$s" got invalid value "x" at "s.from"'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(status).toBe(400);
  });

  it('of megabytes are quoted in short', async () => {
    const variables = { k: 'x'.repeat(1_000_000) };
    const { error } = await post(JSON.stringify({ query: 'query($k: Kind) { echo(kind: $k) }', variables }));
    expect(error.message.length).toBeLessThan(1_100);
  });

  it('of which there are thousands that the operation does not declare reach nothing', async () => {
    const received: Readonly<Record<string, unknown>>[] = [];
    const executor = new JitExecutor(buildSchema(garden()));
    const watched: Executor = {
      schema: executor.schema,
      execute: (request) => {
        received.push(request.variables);
        return executor.execute(request);
      },
    };
    await using gateway = await startServer({ executor: watched });
    const variables = Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`v${index}`, index]));
    const { status } = await ask(
      gateway.url,
      'query($v7: Int!) { bed { name @skip(if: false) neighbour { name } } echo(span: {from: $v7}) }',
      variables,
    );
    expect(status).toBe(200);
    expect(received).toEqual([{ v7: 7 }]);
  });
});

describe('JSON is counted before it is parsed:', () => {
  const deep = (levels: number) =>
    `{"variables":${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)},"query":"{ bed { name } }"}`;
  const many = (values: number) =>
    `{"query":"{ bed { name } }","variables":{"v":[${Array.from({ length: values }, (_, n) => (n % 2 === 0 ? '{}' : '"],[,\\""')).join(' ,')}]}}`;

  it.each([
    ['63 levels', deep(62), /Variables|variables/],
    ['50,000 values', many(49_996), null],
  ])('%s are taken', async (_, body, wording) => {
    const { status, error } = await post(body);
    // `variables` that are a list are refused by what they are.
    if (wording === null) expect(status).toBe(200);
    else
      expect(error).toMatchObject({ message: expect.stringMatching(wording), extensions: { code: 'BAD_USER_INPUT' } });
  });

  it.each([
    ['67 levels', deep(66), /nests JSON objects and lists 67 deep; the limit is 64/],
    ['100,000 levels', deep(100_000), /lists 100001 deep; the limit is 64/],
    ['levels that are never closed', `{"variables":${'['.repeat(1_000_000)}`, /lists 1000001 deep; the limit is 64/],
    ['50,001 values', many(49_997), /has 50001 JSON values; the limit is 50000/],
    ['200,000 values that are not JSON', `[${'1,,'.repeat(200_000)}`, /has 40000\d JSON values/],
  ])('%s are refused', async (_, body, wording) => {
    const { status, error } = await post(body);
    expect(error).toMatchObject({ message: expect.stringMatching(wording), extensions: { code: 'LIMIT_EXCEEDED' } });
    expect(status).toBe(400);
    const plain = await post(body, { accept: 'application/json' });
    expect([plain.status, plain.error.extensions.code]).toEqual([200, 'LIMIT_EXCEEDED']);
  });

  it('by GET too', async () => {
    const headers = { 'apollo-require-preflight': 'yes', accept: 'application/graphql-response+json' };
    for (const name of ['variables', 'extensions']) {
      const search = new URLSearchParams({
        query: '{ bed { name } }',
        [name]: `{"a":${'['.repeat(70)}${']'.repeat(70)}}`,
      });
      const response = await fetch(`${server.url}/graphql?${search}`, { headers });
      expect(response.status).toBe(400);
      expect((await response.json()).errors[0].extensions).toEqual({ code: 'LIMIT_EXCEEDED' });
    }
  });
});

describe('a body', () => {
  it.each([
    ['that is no JSON', '{"query": ', 400, /The body is not JSON/],
    [
      'that is an array',
      '[{"query":"{ bed { name } }"}]',
      400,
      /The body is an array: send one GraphQL request at a time/,
    ],
    ['that is a string', '"{ bed { name } }"', 400, /./],
    ['without a query', '{"variables":{}}', 400, /non-empty `query`/],
    ['that is empty', '', 400, /The body is not JSON/],
    ['that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, /The body is not UTF-8/],
    [
      'that is larger than the limit',
      query(`{ bed { name } } # ${'x'.repeat(BODY_LIMIT)}`),
      413,
      /larger than 4194304 bytes/,
    ],
  ])('%s', async (_, body, expected, wording) => {
    const { status, error } = await post(body);
    expect(error.message).toMatch(wording);
    expect(error.extensions.code).toBe(expected === 413 ? 'LIMIT_EXCEEDED' : 'BAD_USER_INPUT');
    expect(status).toBe(expected);
  });

  it('of another type is a 415 that names it', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
    ]) {
      const { status, error } = await post('{}', { 'content-type': type });
      expect(status).toBe(415);
      expect(error.message).toContain(type.split(';')[0]);
    }
    expect((await post('{}', { 'content-type': 'application/json; charset=utf-16' })).status).toBe(415);
  });

  it('that is gzip is taken', async () => {
    const { status } = await post(gzipSync(query('{ bed { name } }')), { 'content-encoding': 'gzip' });
    expect(status).toBe(200);
  });

  it('that grows beyond the limit when decompressed is refused while it is read', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20));
    expect(bomb.length).toBeLessThan(BODY_LIMIT);
    const before = process.memoryUsage().rss;
    const { status, error } = await post(bomb, { 'content-encoding': 'gzip' });
    expect(status).toBe(413);
    expect(error.message).toContain('counted after decompression');
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  it('that says gzip and is not, or is cut short, is a 400 that says so', async () => {
    const whole = gzipSync(query(`{ bed { name } } # ${randomBytes(4_000).toString('hex')}`));
    for (const bytes of [
      Buffer.from('no gzip at all'),
      whole.subarray(0, 500),
      Buffer.concat([whole.subarray(0, 100), randomBytes(100)]),
    ]) {
      const { status, error } = await post(bytes, { 'content-encoding': 'gzip' });
      expect(status).toBe(400);
      expect(error.message).toContain('gzip');
    }
  });

  it('in another encoding is a 415', async () => {
    expect(await post('x', { 'content-encoding': 'br' })).toMatchObject({
      status: 415,
      error: { message: expect.stringContaining('"br"') },
    });
  });

  it('of which only half comes is waited for, and let go with the connection', async () => {
    const answer = await rawRequest(
      server.url,
      ['POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"que'],
      300,
    );
    expect(answer).toBe('');
    expect((await ask(server.url, '{ bed { name } }')).status).toBe(200);
  });

  it('of which nothing more comes is given up', async () => {
    await using impatient = await startServer({ config: { idleTimeout: 100 } });
    const head =
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"que';
    const started = performance.now();
    expect(await rawRequest(impatient.url, [head], 10_000)).toBe('');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('announced as too large is refused before it is sent', async () => {
    const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${BODY_LIMIT + 1}\r\nexpect: 100-continue\r\n\r\n`;
    expect(await rawRequest(server.url, [head], 300)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('that the server said it would take is taken after "100 Continue"', async () => {
    const body = query('{ bed { name } }');
    const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`;
    expect(await rawRequest(server.url, [head, body], 500)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });
});

describe('a head', () => {
  it('with more headers than fit is a 431', async () => {
    const headers = Array.from({ length: 2_000 }, (_, index) => `x-${index}: ${'y'.repeat(50)}\r\n`).join('');
    expect(await rawRequest(server.url, [`GET /health HTTP/1.1\r\nhost: x\r\n${headers}\r\n`])).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });

  it('that is no HTTP is a 400', async () => {
    expect(await rawRequest(server.url, ['\x16\x03\x01\x00\x00 hello\r\n\r\n'])).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('cross-site requests', () => {
  it('by a plain GET are refused', async () => {
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent('{ bed { name } }')}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('apollo-require-preflight');
  });

  it('are told from a GET with a header that needs a preflight', async () => {
    const url = `${server.url}/graphql?query=${encodeURIComponent('{ bed { name } }')}`;
    const response = await fetch(url, { headers: { 'apollo-require-preflight': 'yes' } });
    expect(response.status).toBe(200);
  });

  it('cannot mutate by GET', async () => {
    const url = `${server.url}/graphql?query=${encodeURIComponent('mutation { rename(name: "x") { name } }')}`;
    const response = await fetch(url, { headers: { 'apollo-require-preflight': 'yes' } });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});
