import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeToken } from '../../../gateway/ingest/token.ts';
import { FaultyServer, slowBy } from '../../support/faulty-server.ts';
import { ServedGateway } from '../../support/served-gateway.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { documentOf, idsOf } from '../faults/two-halves.ts';

/** Where `test/support/faketime/install.sh` puts it. */
const LIBRARY = fileURLToPath(new URL('../../../.cache/faketime/libfaketimeMT.so.1', import.meta.url));
const isThere = existsSync(LIBRARY);
if (!isThere)
  console.log('Not tested: a clock that jumps, since libfaketime is not there (test/support/faketime/install.sh).');

const TESTS = '{ tests(first: 50, sources: ["one", "other"]) { nodes { id } } }';
const SECRET = 'a secret of this test, long enough';

describe.skipIf(!isThere)('a clock that is set while the gateway and its PostgreSQL run', () => {
  const one = new FaultyServer(documentOf(0));
  const other = new FaultyServer(documentOf(1));
  let folder: string;
  let gateway: ServedGateway;
  /** The clock of the gateway differs from ours by this many seconds from now on. */
  const setClock = (seconds: number) => writeFileSync(join(folder, 'clock'), `${seconds < 0 ? '' : '+'}${seconds}s`);
  const submit = async (id: string): Promise<number> => {
    const token = await makeToken(['acme'], Math.floor(Date.now() / 1000) + 600, SECRET);
    const document = { version: { major: 5, minor: 3 }, checkouts: [{ id, origin: 'acme' }] };
    return (await gateway.submit(JSON.stringify(document), { authorization: `Bearer ${token}` })).status;
  };
  const stateOf = async (name: string) => (await (await fetch(`${gateway.url}/ready`)).json()).sources[name].ok;

  beforeAll(async () => {
    folder = await temporaryFolder();
    setClock(0);
    await Promise.all([one.listen(), other.listen()]);
    const sources = [
      'native: { adapter: postgres, url: "embedded:./data" }',
      `one: { adapter: file, url: "${one.url}", freshness: 0, cacheTtl: 300 }`,
      `other: { adapter: file, url: "${other.url}", freshness: 0, breaker: { failures: 1, openFor: 400 }, restAfter429: 400 }`,
    ];
    gateway = await ServedGateway.start(
      `sources: { ${sources.join(', ')} }\nsubmit: { into: native, jwtSecret: "${SECRET}" }\n`,
      {
        folder,
        env: {
          LD_PRELOAD: LIBRARY,
          FAKETIME_TIMESTAMP_FILE: join(folder, 'clock'),
          FAKETIME_NO_CACHE: '1',
          // As in life: it is the time of day that is set, what measures durations goes on.
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
          DONT_FAKE_MONOTONIC: '1',
        },
      },
    );
    expect(await submit('acme:before')).toBe(200);
  });
  afterAll(async () => {
    expect(await gateway.stop()).toBe(0);
    await Promise.all([one.close(), other.close()]);
    await removeFolder(folder);
  });

  it.each([3_600, -86_400, 0])('by %d seconds: nothing hangs, nothing is kept for too long', async (seconds) => {
    // A breaker is open, an answer is kept, and a request is under way.
    other.fault = (response) => response.writeHead(429).end();
    await gateway.ask(TESTS);
    other.fault = null;
    one.fault = slowBy(400);
    const under = gateway.ask('{ tests(first: 3, sources: ["one"]) { nodes { id } } }');
    await delay(150);
    setClock(seconds);
    const answer = await under;
    expect(answer.status).toBe(200);
    expect(answer.ms).toBeLessThan(3_000);
    for (const { extensions } of answer.errors) expect(extensions.code).toBe('SOURCE_TIMEOUT');
    one.fault = null;

    await expect.poll(async () => (await gateway.ask(TESTS)).errors, { timeout: 3_000 }).toEqual([]);
    expect((await gateway.ask(TESTS)).data).toEqual({ tests: { nodes: idsOf(0, 1).map((id) => ({ id })) } });
    // What was kept is asked for anew in time, and a source that goes away is seen to.
    const requests = one.requests;
    await delay(400);
    await gateway.ask(TESTS);
    expect(one.requests).toBeGreaterThan(requests);
    await other.close();
    await expect.poll(() => stateOf('other'), { timeout: 10_000 }).toBe(false);
    await other.listen();
    await expect.poll(() => stateOf('other'), { timeout: 10_000 }).toBe(true);
  });

  it('judges tokens by the time that it has, and stores what came before and after', async () => {
    setClock(3_600);
    expect(await submit('acme:late')).toBe(401);
    setClock(-20);
    expect(await submit('acme:early')).toBe(200);
    setClock(0);
    expect(await submit('acme:after')).toBe(200);
    const { data } = await gateway.ask(
      '{ checkouts(first: 5, filter: { origin: ["acme"] }, sources: ["native"]) { totalCount } }',
    );
    expect(data).toEqual({ checkouts: { totalCount: 3 } });
  });
});
