import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, landmarks } from '../../../bench/documents.ts';
import { execute, usePostgres } from '../../support/postgres.ts';
import { ServedGateway } from '../../support/served-gateway.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';

const postgres = usePostgres();
const COMMIT = `{ revision(gitCommitHash: "${landmarks(1).commit}") { statusCounts { total } } }`;
let url: string;
/** The way to the primary, which the first two go; reads of the third have another. */
let primary: TcpProxy;
const gateways: ServedGateway[] = [];

beforeAll(async () => {
  url = await postgres.empty();
  const { hostname, port } = new URL(url);
  primary = new TcpProxy(hostname, Number(port));
  await primary.listen();
  const through = Object.assign(new URL(url), { port: String(primary.port) }).href;
  const config = (rest = '') =>
    `sources: { native: { adapter: postgres, url: "${through}", connectTimeout: 500, breaker: { failures: 3, openFor: 300 }${rest} } }\n` +
    'submit: { into: native, openSubmit: true }\n';
  // At once, over a database without tables: one makes them, the others wait.
  const started = [config(), config(), config(`, readUrl: "${url}"`)].map((text) => ServedGateway.start(text));
  gateways.push(...(await Promise.all(started)));
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.stop();
  await primary.close();
});

describe('several gateways over one store', () => {
  it('start at once over a new database, and show at once what any of them stored', async () => {
    const { rows } = await execute(url, 'SELECT version FROM schema_migrations');
    expect(rows.map(({ version }) => version)).toEqual(rows.map((_, index) => index + 1));
    for (const [number, gateway] of gateways.entries()) {
      expect((await gateway.submit(JSON.stringify(documentOf(number)))).status).toBe(200);
      for (const other of gateways) {
        const { data } = await other.ask('{ checkouts(first: 1) { totalCount } }');
        expect(data).toEqual({ checkouts: { totalCount: number + 1 } });
      }
    }
  });

  it('store the same documents at the same time, each once', async () => {
    const documents = [3, 4, 5].map((number) => JSON.stringify(documentOf(number)));
    const answers = gateways.flatMap((gateway) => documents.map((document) => gateway.submit(document)));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200));
    const { data } = await gateways[0]!.ask('{ checkouts(first: 1) { totalCount } tests(first: 1) { totalCount } }');
    expect(data).toEqual({ checkouts: { totalCount: 6 }, tests: { totalCount: 6 * 975 } });
  });

  it('tell at one door what became of a document that waits behind another', async () => {
    const answer = await gateways[0]!.submit(JSON.stringify(documentOf(6)), { prefer: 'respond-async' });
    const { id } = await answer.json();
    const state = async () => (await (await fetch(`${gateways[1]?.url}/status?id=${id}`)).json()).status;
    await expect.poll(state, { timeout: 10_000 }).toBe('processed');
  });

  it('read from the replica where the primary is down, and refuse what they cannot store', async () => {
    await primary.close();
    expect((await gateways[2]!.ask(COMMIT)).data).toEqual({ revision: { statusCounts: { total: 975 } } });
    expect((await gateways[2]!.submit(JSON.stringify(documentOf(7)))).status).toBe(503);
    expect((await gateways[0]!.ask(COMMIT)).errors[0]?.extensions.code).toBe('SOURCE_UNAVAILABLE');
    await primary.listen();
    await expect.poll(async () => (await gateways[0]!.ask(COMMIT)).errors, { timeout: 10_000 }).toEqual([]);
    await expect.poll(async () => (await gateways[2]!.submit(JSON.stringify(documentOf(7)))).status).toBe(200);
  });

  it('go on when one of them is killed', async () => {
    const [killed] = gateways.splice(0, 1);
    const exited = once(killed!.process, 'exit');
    killed?.process.kill('SIGKILL');
    await exited;
    expect((await gateways[0]!.submit(JSON.stringify(documentOf(8)))).status).toBe(200);
    expect((await gateways[1]!.ask(COMMIT)).data).toEqual({ revision: { statusCounts: { total: 975 } } });
    await killed?.stop();
  });
});
