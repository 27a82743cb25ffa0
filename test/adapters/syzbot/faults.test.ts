import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../adapters/contract/errors.ts';
import { generateBugs } from '../../../examples/upstreams/syzbot/generate-bugs.ts';
import { goJson } from '../../../examples/upstreams/syzbot/routes.ts';
import { SAMPLE_BUGS } from '../../../examples/upstreams/syzbot/sample-bugs.ts';
import type { SyzbotServer } from '../../../examples/upstreams/syzbot/server.ts';
import { asking } from '../../support/asked-adapter.ts';
import { aCall, aServer, aSource, filled, listed } from './lab.ts';

const [COLD] = SAMPLE_BUGS;
const KEY = `syzbot:${COLD?.page.id}`;
const JSON_TYPE = { 'content-type': 'application/json' };
const BODY = goJson(COLD?.page);

type Fault = (response: ServerResponse, request: IncomingMessage) => void;
const answer =
  (status: number, headers: Readonly<Record<string, string>>, body: string | Buffer): Fault =>
  (response) =>
    void response.writeHead(status, headers).end(body);
const HTML = { 'content-type': 'text/html; charset=utf-8' };
const BOMB = gzipSync(Buffer.alloc(40 * 1024 * 1024, ' '));

/** What comes in the place of a bug, and what becomes of it. */
const FAULTS: readonly (readonly [what: string, fault: Fault, code: string | null, words: string])[] = [
  [
    'a page with status 200',
    answer(200, HTML, '<html><script>x()</script><p>Sorry, <b>maintenance</b> https://in.example/x</p>'),
    'SOURCE_BAD_DATA',
    'status 200 and text/html: “Sorry, maintenance …”',
  ],
  [
    'a page for a bad request',
    answer(400, HTML, '<p>bad parameter</p>'),
    'SOURCE_BAD_DATA',
    'status 400 and text/html: “bad parameter”',
  ],
  [
    'nothing at that path',
    answer(404, { 'content-type': 'text/plain' }, '404 page not found'),
    'SOURCE_BAD_DATA',
    '“404 page not found”',
  ],
  ['no such bug', answer(404, HTML, '<p>not found</p>'), null, ''],
  ['a login page to go to', answer(307, { location: 'http://127.0.0.1:1/login' }, ''), null, ''],
  ['another host to go to', answer(302, { location: 'http://127.0.0.1:1/bug' }, ''), null, ''],
  ['an error', answer(500, HTML, '<p>oops</p>'), 'SOURCE_UNAVAILABLE', 'status 500'],
  ['a refusal', answer(403, { 'content-type': 'text/plain' }, '403 Forbidden'), 'SOURCE_UNAVAILABLE', 'status 403'],
  ['half a JSON', answer(200, JSON_TYPE, BODY.slice(0, 300)), 'SOURCE_BAD_DATA', 'damaged JSON'],
  ['an empty body', answer(200, JSON_TYPE, ''), 'SOURCE_BAD_DATA', 'nothing in it'],
  ['another version', answer(200, JSON_TYPE, '{"version":2,"id":"x"}'), 'SOURCE_BAD_DATA', 'version 2'],
  ['a list', answer(200, JSON_TYPE, '[]'), 'SOURCE_BAD_DATA', 'is no bug'],
  ['an empty object', answer(200, JSON_TYPE, '{}'), 'SOURCE_BAD_DATA', 'the version null'],
  ['null', answer(200, JSON_TYPE, 'null'), 'SOURCE_BAD_DATA', 'is no bug'],
  ['a text', answer(200, JSON_TYPE, '"x"'), 'SOURCE_BAD_DATA', 'is no bug'],
  ['no content', answer(204, {}, ''), 'SOURCE_BAD_DATA', 'status 204'],
  [
    'no JSON by its type',
    answer(200, { 'content-type': 'application/octet-stream' }, BODY),
    'SOURCE_BAD_DATA',
    'application/octet-stream',
  ],
  ['a bomb', answer(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }, BOMB), 'SOURCE_BAD_DATA', 'larger than'],
  [
    'a damaged gzip',
    answer(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }, 'no gzip'),
    'SOURCE_BAD_DATA',
    'damaged',
  ],
  [
    'fewer bytes than it says',
    (response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': BODY.length + 50 });
      response.write(BODY, () => response.destroy());
    },
    'SOURCE_UNAVAILABLE',
    'broke off',
  ],
  ['a hung-up line', (response) => void response.destroy(), 'SOURCE_UNAVAILABLE', ''],
  ['silence', () => undefined, 'SOURCE_TIMEOUT', ''],
  [
    'a body drop by drop',
    (response) => {
      response.writeHead(200, JSON_TYPE);
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
    },
    'SOURCE_TIMEOUT',
    '',
  ],
  [
    'a refusal that names its window',
    answer(
      429,
      { 'content-type': 'text/plain' },
      '429 Too Many Requests\nAllowed rate is 10 requests per 7 seconds.\n',
    ),
    'SOURCE_RATE_LIMITED',
    '',
  ],
];

function faulty(server: SyzbotServer, path: RegExp, fault: Fault): void {
  server.fault = (request, response) => {
    if (!path.test(request.url ?? '')) return false;
    fault(response, request);
    return true;
  };
}

describe('in the place of a bug', () => {
  it.each(FAULTS)('%s', { timeout: 10_000 }, async (_, fault, code, words) => {
    const server = await aServer([]);
    faulty(server, /^\/bug/, fault);
    const { adapter } = await aSource(server.url, {}, { timeout: 700 });
    const start = performance.now();
    const asked = asking(adapter).get('issue', [KEY], aCall());
    if (code === null) expect((await asked).size).toBe(0);
    else {
      const error: unknown = await asked.catch((cause: unknown) => cause);
      if (!(error instanceof SourceError)) throw new Error(`It did not fail with a SourceError: ${error}`);
      expect(error.code).toBe(code);
      expect(error.message).toContain(words);
      expect(error.message).not.toMatch(/127\.0\.0\.1|https?:|\/bug/);
      if (code === 'SOURCE_RATE_LIMITED') expect(error.retryAfterMs).toBe(7000);
    }
    expect(performance.now() - start).toBeLessThan(1500);
  });

  it('a bug again, once it is well', async () => {
    const server = await aServer(COLD === undefined ? [] : [{ ...COLD, group: null }]);
    faulty(server, /^\/bug/, answer(500, HTML, ''));
    const { adapter } = await aSource(server.url, {}, { breaker: { failures: 3, openFor: 100 } });
    await expect(asking(adapter).get('issue', [KEY], aCall())).rejects.toThrow('status 500');
    server.fault = null;
    await expect.poll(async () => (await asking(adapter).get('issue', [KEY], aCall())).size, { timeout: 5000 }).toBe(1);
  });
});

describe('in the place of a list', () => {
  const LISTS: readonly (readonly [what: string, fault: Fault, words: string])[] = [
    [
      'an object without bugs',
      answer(200, JSON_TYPE, '{"version":1,"bugs":[]}'),
      'no list of bugs, which has "version" and "Bugs": {"version":1,"bugs":[]}',
    ],
    ['another version', answer(200, JSON_TYPE, '{"version":3,"Bugs":[]}'), 'has the version 3'],
    ['rows that name no bug', answer(200, JSON_TYPE, '{"version":1,"Bugs":[1,{}]}'), 'no list of bugs'],
    ['a page', answer(200, HTML, '<p>Welcome</p>'), '“Welcome”'],
    ['a redirect', answer(302, { location: '/upstream' }, ''), 'a namespace that it does not know'],
    ['nothing', answer(404, { 'content-type': 'text/plain' }, '404 page not found'), '“404 page not found”'],
  ];
  it.each(LISTS)('%s is told in a sentence that quotes it, and the other lists go on', async (_, fault, words) => {
    const bugs = generateBugs({ bugs: 10 });
    const server = await aServer(bugs);
    faulty(server, /^\/upstream\?/, fault);
    const { adapter } = await aSource(server.url);
    const others = bugs.filter(({ group }) => group !== 'open').length;
    await expect.poll(async () => (await listed(adapter)).filter((id) => id !== null).length).toBe(others);
    expect((await adapter.health(aCall())).detail).toContain(words);
  });

  it('bugs whose pages cannot be read are told: nothing is known, which is not that there are none', async () => {
    const server = await aServer(generateBugs({ bugs: 4 }));
    faulty(server, /^\/bug/, answer(200, HTML, '<p>Sorry</p>'));
    const { adapter } = await aSource(server.url, { patience: 500 });
    const refused = () =>
      listed(adapter).then(
        () => '',
        (error: Error) => error.message,
      );
    await expect.poll(refused, { timeout: 8_000 }).toContain('4 bugs that are listed could not be read');
    expect(await refused()).toContain('“Sorry”');
    expect(await adapter.health(aCall())).toMatchObject({ ok: false });
  });

  it('one bug whose page cannot be read is told beside the others', async () => {
    const bugs = generateBugs({ bugs: 4 });
    const server = await aServer(bugs);
    const name = bugs[0]?.extids[0] ?? '-';
    faulty(server, new RegExp(name), answer(200, HTML, '<p>Sorry</p>'));
    const { adapter } = await aSource(server.url);
    const call = aCall();
    await filled(adapter);
    const page = await asking(adapter).list('issue', { where: null, order: 'NEWEST', first: 10, after: null }, call);
    expect(page.items).toHaveLength(3);
    expect(call.warnings).toMatchObject([
      { code: 'SOURCE_BAD_DATA', message: expect.stringMatching(/^1 bug.*could not be read.*“Sorry”/) },
    ]);
  });

  it('a page that comes later leaves what is known, and says that it is from before', async () => {
    const server = await aServer(generateBugs({ bugs: 4 }));
    const { adapter } = await aSource(server.url, { freshness: 1_000 });
    await filled(adapter);
    faulty(server, /./, answer(200, HTML, '<p>Sorry</p>'));
    const warned = async () => {
      const call = aCall();
      const page = await asking(adapter).list('issue', { where: null, order: 'NEWEST', first: 10, after: null }, call);
      expect(page.items).toHaveLength(4);
      return call.warnings.map(({ code }) => code);
    };
    await expect.poll(warned, { timeout: 8_000 }).toEqual(['SOURCE_STALE']);
  });

  it('older than what the client takes is shown in a list, and said to be older', async () => {
    const server = await aServer(generateBugs({ bugs: 4 }));
    const { adapter } = await aSource(server.url);
    await filled(adapter);
    const codes = async (maxAgeMs: number) => {
      const call = { ...aCall(), maxAgeMs };
      const page = await asking(adapter).list('issue', { where: null, order: 'NEWEST', first: 10, after: null }, call);
      expect(page.items).toHaveLength(4);
      return call.warnings.map(({ code }) => code);
    };
    expect(await codes(3_600_000)).toEqual([]);
    await expect.poll(() => codes(0)).toContain('SOURCE_STALE');
  });

  it('null is an empty list', async () => {
    const server = await aServer([]);
    const { adapter } = await aSource(server.url);
    await filled(adapter);
    expect(await listed(adapter)).toEqual([]);
  });

  it('rows that cannot be understood cost themselves', async () => {
    const [bug] = generateBugs({ bugs: 1 });
    const server = await aServer(bug === undefined ? [] : [{ ...bug, group: null }]);
    const rows = [
      null,
      7,
      {},
      { link: 'https://elsewhere.example/?id=x' },
      { link: `//evil.example/bug?id=${bug?.page.id}` },
    ];
    faulty(server, /^\/upstream\?/, answer(200, JSON_TYPE, JSON.stringify({ version: 1, Bugs: rows })));
    const { adapter } = await aSource(server.url);
    await filled(adapter);
    // Of a link only the name of the bug is taken: it is asked for where the configuration says.
    expect(await listed(adapter)).toEqual([`syzbot:${bug?.page.id}`]);
  });
});

describe('a dashboard that limits its clients', () => {
  it('is left alone for the window that it names, and asked again behind it', { timeout: 15_000 }, async () => {
    const server = await aServer([...SAMPLE_BUGS], { limit: { requests: 4, seconds: 2 } });
    const { adapter } = await aSource(server.url);
    await expect.poll(() => server.requests.length, { timeout: 5000, interval: 5 }).toBeGreaterThan(4);
    const refused = server.requests[4]?.at ?? 0;
    const error: unknown = await asking(adapter)
      .get('issue', [`syzbot:${'18'.repeat(20)}`], aCall())
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'SOURCE_RATE_LIMITED' });
    expect(Reflect.get(Object(error), 'retryAfterMs')).toBeLessThanOrEqual(2000);
    // Another request may have been on its way when the first was refused.
    const next = () => server.requests.find(({ at }) => at > refused + 500)?.at ?? 0;
    await expect.poll(next, { timeout: 5000, interval: 5 }).toBeGreaterThan(0);
    expect(next() - refused).toBeGreaterThan(1950);
  });

  it('whose budget is spent gives what there is, and says in time when to come again', async () => {
    const cold = generateBugs({ bugs: 12, seed: 'cold' }).map((bug) => ({ ...bug, group: null }));
    const server = await aServer(cold);
    const { adapter } = await aSource(server.url, {}, { rate: 2, timeout: 2000 });
    await filled(adapter);
    const start = performance.now();
    const answers = await Promise.allSettled(
      cold.map(({ page }) => asking(adapter).get('issue', [`syzbot:${page.id}`], aCall('issue', 2000))),
    );
    expect(performance.now() - start).toBeLessThan(2500);
    expect(answers.some(({ status }) => status === 'fulfilled')).toBe(true);
    const refused = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused.length).toBeGreaterThan(8);
    for (const reason of refused)
      expect(reason).toMatchObject({ code: 'SOURCE_RATE_LIMITED', retryAfterMs: expect.any(Number) });
  });
});

describe('a token', () => {
  it('goes to the dashboard, and into no log and no error', async () => {
    const server = await aServer([]);
    faulty(
      server,
      /./,
      (response, request) => void response.writeHead(400, HTML).end(`<p>${request.headers.host}</p>`),
    );
    const { adapter, log } = await aSource(server.url, { token: 'very-secret' });
    const error: unknown = await asking(adapter)
      .get('issue', [KEY], aCall())
      .catch((one: unknown) => one);
    expect(server.requests.every(({ headers }) => headers.authorization === 'Bearer very-secret')).toBe(true);
    expect(`${JSON.stringify(log)} ${error} ${JSON.stringify(error)}`).not.toContain('very-secret');
  });
});

describe('a dashboard that goes away', () => {
  it('is not said to be well, whatever the index holds, and is again when it comes back', async () => {
    const server = await aServer(SAMPLE_BUGS);
    const { adapter } = await aSource(server.url);
    await filled(adapter);
    const asked = () => adapter.health({ ...aCall(), isProbe: true });
    const requests = server.requests.length;
    expect(await asked()).toMatchObject({ ok: true });
    expect(server.requests.length - requests).toBe(1);
    server.fault = (_request, response) => {
      response.destroy();
      return true;
    };
    expect(await asked()).toMatchObject({ ok: false, detail: expect.stringContaining('broke off') });
    faulty(server, /./, answer(200, HTML, '<p>maintenance</p>'));
    expect(await asked()).toMatchObject({ ok: false });
    server.fault = null;
    await expect.poll(async () => (await asked()).ok, { timeout: 5_000 }).toBe(true);
  });
});
