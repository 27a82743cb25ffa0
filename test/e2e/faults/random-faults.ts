import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TRUSTED } from '../../support/certificates.ts';
import { FaultyServer } from '../../support/faulty-server.ts';
import { Random } from '../../support/random.ts';
import { DEADLINE, type FaultGateway, startFaultGateway } from './fault-gateway.ts';
import { PATHS, recovery } from './fault-paths.ts';
import { HTTP_FAULTS, type HttpFaultCase } from './http-faults.ts';
import { httpSource } from './http-source.ts';
import { Leaks } from './leaks.ts';
import { documentOf, type Half, idsOf } from './two-halves.ts';

/** Two sources that fail in any way at any time, breakers and cache and all, while several clients ask on. */
export function describeRandomFaults(rounds: number, seed: number): void {
  const servers = [new FaultyServer(documentOf(0), TRUSTED), new FaultyServer(documentOf(1), TRUSTED)] as const;
  const random = new Random(seed);
  const current: (HttpFaultCase | null)[] = [null, null];
  const leaks = new Leaks();
  let gateway: FaultGateway;

  beforeAll(async () => {
    await Promise.all(servers.map((server) => server.listen()));
    const touchy = { breaker: { failures: 3, openFor: 150 }, cacheTtl: 40 };
    gateway = await startFaultGateway([
      { ...httpSource('one', servers[0].url), ...touchy },
      { ...httpSource('other', servers[1].url), ...touchy, staleIfError: 300 },
    ]);
    await recovery(gateway);
    leaks.start();
  });

  afterAll(async () => {
    await gateway.close();
    await Promise.all(servers.map((server) => server.close()));
  });

  async function become(half: Half, fault: HttpFaultCase | null): Promise<void> {
    await current[half]?.end(servers[half], half);
    current[half] = fault;
    await fault?.begin(servers[half], half);
  }

  async function askOn(): Promise<void> {
    const { query } = random.pick(PATHS);
    const { ms, errors, data, text } = await gateway.ask(query);
    expect(ms).toBeLessThan(DEADLINE);
    for (const { extensions } of errors) {
      expect(extensions.code).toMatch(/^SOURCE_/);
      expect(['one', 'other']).toContain(extensions.source);
    }
    expect(text).not.toMatch(/127\.0\.0\.1|https?:/);
    // What is there is in order, and what is missing is told of.
    const shown = [...JSON.stringify(data).matchAll(/"id":"(lab:test-\d\d)"/g)].map(([, id]) => id);
    const all = query.includes('first: test') ? [...idsOf(0, 1)].reverse() : idsOf(0, 1);
    expect(shown).toEqual(all.filter((id) => shown.includes(id)));
    if (!query.includes('first: test') && shown.length < all.length) expect(errors).not.toEqual([]);
  }

  it(`are asked ${rounds} times over, each answer in time and honest, and are well in the end (seed ${seed})`, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const half = random.pick([0, 1] as const);
      await become(half, random.chance(0.3) ? null : random.pick(HTTP_FAULTS));
      const clients = Array.from({ length: 4 }, () => askOn());
      await delay(random.below(60));
      await Promise.all(clients);
    }
    await become(0, null);
    await become(1, null);
    expect(await recovery(gateway)).toBeLessThan(60_000);
    await leaks.expectNone();
    for (const server of servers) expect(server.sockets).toBeLessThanOrEqual(4);
  });
}
