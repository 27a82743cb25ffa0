import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeToken } from '../../../gateway/ingest/token.ts';
import { EXACT_HEAP, exactHeap } from '../../support/exact-heap.ts';
import { answerWell, FaultyServer, slowBy } from '../../support/faulty-server.ts';
import { usePostgres } from '../../support/postgres.ts';
import { ServedGateway } from '../../support/served-gateway.ts';
import { documentOf, idsOf, testId } from '../faults/two-halves.ts';
import { plugInFiles } from '../outsider/plug-in.ts';

const SOON = Math.floor(Date.now() / 1000) + 600;
const TESTS = '{ tests(first: 50) { nodes { id } } }';
const FROM_ONE = `{ test(id: "${testId(0)}", sources: ["one"]) { id } }`;
const FROM_OTHER = `{ test(id: "${testId(1)}", sources: ["other"]) { id } }`;

const postgres = usePostgres();
const one = new FaultyServer(documentOf(0));
const other = new FaultyServer(documentOf(1));
let gateway: ServedGateway;
let native = '';

/** The configuration, with these changes. `sources`: lines by name; null leaves one out. */
function configured(sources: Readonly<Record<string, string | null>> = {}, rest = ''): string {
  const all: Record<string, string | null> = {
    native: `{ adapter: postgres, url: "${native}", poolSize: 2 }`,
    one: `{ adapter: file, url: "${one.url}", freshness: 600000, cacheTtl: 10m }`,
    other: `{ adapter: file, url: "${other.url}", freshness: 0, breaker: { failures: 1, openFor: 20s } }`,
    ...sources,
  };
  const lines = Object.entries(all).flatMap(([name, text]) => (text === null ? [] : [`  ${name}: ${text}`]));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own syntax
  const secret = '${file:secret}';
  return `sources:\n${lines.join('\n')}\nsubmit: { into: native, jwtSecret: "${secret}" }\n${rest}\n`;
}

beforeAll(async () => {
  await Promise.all([one.listen(), other.listen()]);
  native = await postgres.migrated();
  gateway = await ServedGateway.start(configured(), {
    files: { secret: 'the first secret, which is long enough\n' },
    env: EXACT_HEAP,
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await Promise.all([one.close(), other.close()]);
});

describe('SIGHUP', () => {
  it('is no harm where nothing changed, and sources keep their cache and their open breaker', async () => {
    expect((await gateway.ask(FROM_ONE)).data).toEqual({ test: { id: testId(0) } });
    other.fault = (response) => response.writeHead(500).end();
    expect((await gateway.ask(FROM_OTHER)).errors[0]?.extensions.code).toBe('SOURCE_UNAVAILABLE');
    other.fault = null;
    const before = [one.requests, other.requests];
    const said = await gateway.reload(configured());
    expect(said).toMatchObject({ added: [], removed: [], changed: [], unchanged: ['native', 'one', 'other'] });
    expect((await gateway.ask(FROM_ONE)).data).toEqual({ test: { id: testId(0) } });
    expect((await gateway.ask(FROM_OTHER)).errors[0]?.extensions.code).toBe('SOURCE_UNAVAILABLE');
    expect([one.requests, other.requests]).toEqual(before);
    expect(await gateway.metric('kcigraph_source_breaker_open', '"other"')).toBe(1);
  });

  it('changes a source, whose breaker is a new one then, and leaves the others as they are', async () => {
    const changed = `{ adapter: file, url: "${other.url}", freshness: 0, priority: 3 }`;
    const before = one.requests;
    const said = await gateway.reload(configured({ other: changed }));
    expect(said).toMatchObject({ added: [], removed: [], changed: ['other'], unchanged: ['native', 'one'] });
    expect((await gateway.ask(FROM_OTHER)).data).toEqual({ test: { id: testId(1) } });
    await gateway.ask(FROM_ONE);
    expect(one.requests).toBe(before);
    // Priority is the order of the sources, and no change of any.
    expect((await gateway.ask('{ sources { name } }')).data).toEqual({
      sources: [{ name: 'other' }, { name: 'native' }, { name: 'one' }],
    });
  });

  it('removes a source whose request is under way: that is answered, and then it stops', async () => {
    other.fault = slowBy(1_500);
    const under = gateway.ask(TESTS);
    await expect.poll(() => other.sockets).toBeGreaterThan(0);
    await delay(100);
    expect(await gateway.reload(configured({ other: null }))).toMatchObject({ removed: ['other'] });
    const now = await gateway.ask('{ sources { name } }');
    expect(now.data).toEqual({ sources: [{ name: 'native' }, { name: 'one' }] });
    const hasStopped = () =>
      gateway.log.some(({ msg, removed }) => /has stopped/.test(msg) && `${removed}` === 'other');
    expect(hasStopped()).toBe(false);
    const { data, errors } = await under;
    expect(errors).toEqual([]);
    expect(data).toEqual({ tests: { nodes: idsOf(0, 1).map((id) => ({ id })) } });
    await expect.poll(hasStopped).toBe(true);
    await expect.poll(() => other.sockets).toBe(0);
    other.fault = null;
    expect((await gateway.ask(FROM_OTHER)).errors[0]?.message).toMatch(/"other"/);
  });

  it('loses no request while sources come and go, and secrets change', async () => {
    one.fault = slowBy(5);
    other.fault = (response, body) => setTimeout(() => answerWell(response, body), 20);
    let isOver = false;
    let reads = 0;
    let stored = 0;
    let number = 0;
    const read = async () => {
      while (!isOver) {
        const { status, data, errors } = await gateway.ask(TESTS);
        expect(status).toBe(200);
        expect(errors).toEqual([]);
        expect(JSON.stringify(data)).toContain(testId(0));
        reads += 1;
      }
    };
    const write = async () => {
      const token = await makeToken(['acme'], SOON, 'the first secret, which is long enough');
      while (!isOver) {
        const document = { version: { major: 5, minor: 3 }, checkouts: [{ id: `acme:${number++}`, origin: 'acme' }] };
        const answer = await gateway.submit(JSON.stringify(document), { authorization: `Bearer ${token}` });
        expect(answer.status, await answer.text()).toBe(200);
        stored += 1;
      }
    };
    const load = Promise.all([read(), read(), read(), write(), write()]);
    load.catch(() => undefined);
    await writeFile(join(gateway.folder, 'second'), 'another secret, which is long enough');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own syntax
    const both = 'jwtSecret: ["${file:second}", "${file:secret}"]';
    for (let round = 0; round < 4; round += 1) {
      const text = configured(round % 2 === 0 ? {} : { other: null, native: nativeWith(round) });
      await gateway.reload(round < 2 ? text : text.replace(/jwtSecret: "[^"]*"/, both));
      await delay(250);
    }
    isOver = true;
    await load;
    expect(reads).toBeGreaterThan(20);
    expect(stored).toBeGreaterThan(20);
    const fresh = await makeToken(['acme'], SOON, 'another secret, which is long enough');
    const document = { version: { major: 5, minor: 3 }, checkouts: [{ id: 'acme:last', origin: 'acme' }] };
    expect((await gateway.submit(JSON.stringify(document), { authorization: `Bearer ${fresh}` })).status).toBe(200);
    const { data } = await gateway.ask(
      '{ checkouts(first: 1, filter: { origin: ["acme"] }, sources: ["native"]) { totalCount } }',
    );
    expect(data).toEqual({ checkouts: { totalCount: stored + 1 } });
    one.fault = null;
    other.fault = null;
  }, 60_000);

  it('applies limits and the level of the log, and tells what takes a restart', async () => {
    const rest = 'listen: { port: 4567 }\ndataDir: ./elsewhere\nlimits: { depth: 2 }\nlog: { level: debug }';
    expect((await gateway.reload(configured({}, rest))).level).toBe('info');
    const told = () => gateway.log.filter(({ msg }) => msg.includes('takes a restart')).map(({ msg }) => msg);
    await expect.poll(told).toHaveLength(1);
    expect(told()[0]).toMatch(/^dataDir has changed, which takes a restart: it stays ".*\/data" until then\.$/);
    const { errors } = await gateway.ask('{ tests(first: 1) { nodes { build { id } } } }');
    expect(errors[0]?.extensions.code).toBe('LIMIT_EXCEEDED');
    await gateway.reload(configured());
    expect((await gateway.ask('{ tests(first: 1) { nodes { build { id } } } }')).errors).toEqual([]);
  });
});

describe('many reloads', () => {
  it('leave nothing behind of the sources that were', async () => {
    const change = (timeout: number) =>
      gateway.reload(
        configured({ other: `{ adapter: file, url: "${other.url}", freshness: 0, timeout: ${timeout} }` }),
      );
    // GraphiQL's page is made meanwhile, out of much text.
    await fetch(gateway.url, { headers: { accept: 'text/html' } }).then((page) => page.text());
    for (let round = 0; round < 3; round += 1) await change(1_000 + round);
    const before = await exactHeap(gateway);
    const rounds = 30;
    for (let round = 0; round < rounds; round += 1) {
      await change(2_000 + round);
      await gateway.ask(TESTS);
    }
    // What one source keeps room for is half a megabyte.
    expect((await exactHeap(gateway)) - before).toBeLessThan(rounds * 0.3);
    await gateway.reload(configured());
  }, 60_000);
});

describe('a plug-in', () => {
  const BUILD = '{ build(id: "acme:b", sources: ["words"]) { comment } }';
  const asked = async () => (await gateway.ask(BUILD)).data;

  it('runs the code that was loaded until a restart, which the log says, and takes new settings at once', async () => {
    const write = async (word: string) => {
      for (const [name, text] of Object.entries(plugInFiles(word))) await writeFile(join(gateway.folder, name), text);
    };
    const isToldToRestart = () =>
      gateway.log.some(({ msg }) =>
        msg.startsWith('The code of the plug-in "./adapter.ts" has changed, which takes a'),
      );
    await write('first');
    const config = configured({ words: '{ adapter: ./adapter.ts, cacheTtl: 10m }' });
    expect(await gateway.reload(config)).toMatchObject({ added: ['words'] });
    expect(await asked()).toEqual({ build: { comment: 'first 0' } });
    expect(await gateway.reload(config)).toMatchObject({ changed: [], added: [] });
    expect(isToldToRestart()).toBe(false);
    await write('second');
    expect(await gateway.reload(config)).toMatchObject({ changed: [], added: [] });
    await expect.poll(isToldToRestart).toBe(true);
    expect(await asked()).toEqual({ build: { comment: 'first 0' } });
    // Its cache is empty: what was answered a moment ago would still be fresh.
    const changed = configured({ words: '{ adapter: ./adapter.ts, cacheTtl: 10m, slow: 1 }' });
    expect(await gateway.reload(changed)).toMatchObject({ changed: ['words'] });
    expect(await asked()).toEqual({ build: { comment: 'first 1' } });
    await gateway.reload(configured());
  });
});

describe('a configuration that cannot be served by', () => {
  it('is refused with all its faults, and the one before serves on', async () => {
    const said = await gateway.reload('listen: { porr: 1 }\nsources: { native: { adapter: postgress, url: 7 } }\n');
    expect(said.level).toBe('error');
    for (const part of ['listen.porr', 'postgress', 'postgres', 'serves on']) expect(said.msg).toContain(part);
    expect(said.faults).toMatchObject([{ line: 1 }, { line: 2 }]);
    const { data, errors } = await gateway.ask(TESTS);
    expect(errors).toEqual([]);
    expect(data).toEqual({ tests: { nodes: idsOf(0, 1).map((id) => ({ id })) } });
  });

  it('is refused where a new source cannot start, and nothing that was started for it is left', async () => {
    await writeFile(join(gateway.folder, 'taken'), '');
    const broken = configured({
      more: `{ adapter: file, url: "${one.url}" }`,
      bad: '{ adapter: postgres, url: "embedded:./taken" }',
    });
    const said = await gateway.reload(broken);
    expect(said.msg).toMatch(/taken.*/);
    expect((await gateway.ask('{ sources { name } }')).data).toEqual({
      sources: [{ name: 'native' }, { name: 'one' }, { name: 'other' }],
    });
    expect(await gateway.reload(configured({ one: null }))).toMatchObject({ removed: ['one'], added: [] });
  });
});

function nativeWith(poolSize: number): string {
  return `{ adapter: postgres, url: "${native}", poolSize: ${poolSize + 2} }`;
}
